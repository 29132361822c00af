/** @file Pages as one sequence: the next one is asked for when the last item of this one has been taken. */
import type { Page } from "../types.js";

export async function* everyItem<T>(
  page: (token: string | undefined) => Promise<Page<T>>,
): AsyncGenerator<T, void, undefined> {
  let token: string | undefined;
  do {
    const { items, nextPageToken } = await page(token);
    yield* items;
    token = nextPageToken;
  } while (token !== undefined);
}

/** All items as a list, for small results. */
export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
