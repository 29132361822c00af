/** @file Whether runs that play at the same time get in each other's way. */
import { availableParallelism } from "node:os";
import type { Context } from "../context.js";
import { plural } from "../terminal/format.js";

/**
 * Notes that runs want more cores than there are: each then plays slower, and what it plays is judged by seconds too.
 * @param threads of each run; 0 = as many as there are cores
 */
export function noteCrowd(
  { runs, threads }: { readonly runs: number; readonly threads: number },
  context: Pick<Context, "output">,
): void {
  const cores = availableParallelism();
  if (runs > 1 && runs * (threads || cores) > cores)
    context.output.note(
      `note: ${plural(runs, "run")} at a time with ${plural(threads || cores, "thread")} each want more than the ${plural(cores, "core")} of this machine, and slow each other down`,
    );
}
