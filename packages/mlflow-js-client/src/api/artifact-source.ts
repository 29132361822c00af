/** @file What can be uploaded. A source is opened anew for every attempt, because a stream can be read only once. */
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { artifactChanged, badInput } from "../errors.js";

export type ArtifactSource =
  | { readonly bytes: Uint8Array }
  | { readonly text: string }
  /** Path of a local file, streamed: it never is in memory as a whole. */
  | { readonly file: string }
  /** Any stream; `size` in bytes must be right. */
  | { readonly open: () => AsyncIterable<Uint8Array>; readonly size: number };

export interface OpenedSource {
  readonly size: number;
  readonly body: () => Uint8Array | AsyncIterable<Uint8Array>;
}

/** @throws MlflowInputError when the file cannot be read */
export async function openSource(path: string, source: ArtifactSource): Promise<OpenedSource> {
  if ("bytes" in source) return { size: source.bytes.byteLength, body: () => source.bytes };
  if ("text" in source) return openSource(path, { bytes: Buffer.from(source.text) });
  if ("open" in source) {
    const { size, open } = source;
    if (!Number.isSafeInteger(size) || size < 0)
      throw badInput(`size of ${path}`, "a number of bytes", size, "count them");
    return { size, body: () => counted(path, size, open()) };
  }
  const { file } = source;
  const facts = await stat(file).catch((cause: Error) => cause);
  if (facts instanceof Error) throw unreadable(file, facts.message);
  if (!facts.isFile()) throw unreadable(file, "it is not a file");
  return { size: facts.size, body: () => counted(path, facts.size, readFile(file)) };
}

const unreadable = (file: string, problem: string) =>
  badInput("an artifact's file", "readable", file, `correct the path (${problem})`);

async function* readFile(file: string): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of createReadStream(file)) yield chunk as Uint8Array;
  } catch (cause) {
    throw unreadable(file, (cause as Error).message);
  }
}

/** More or fewer bytes than were announced would make the connection useless: better one clear sentence. */
async function* counted(path: string, size: number, chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let sent = 0;
  for await (const chunk of chunks) {
    sent += chunk.byteLength;
    if (sent > size) throw artifactChanged(path, size, sent);
    yield chunk;
  }
  if (sent !== size) throw artifactChanged(path, size, sent);
}
