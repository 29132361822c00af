/** @file A run that begins with the weights of another one: population based training. */
import { badCheckpoint } from "@gan-arena/core/base";
import type { Run } from "@gan-arena/tracking";
import type { PreparedRun } from "./prepare.js";

/** A run that others are to copy writes its first checkpoint after a tenth of its budget. */
const PATIENCE_MS = 120_000;
const LOOK_AGAIN_MS = 200;

/**
 * Gives a run without checkpoints the newest one of `source`, as a checkpoint of its own: weights, moments and progress are
 * the other's, settings and seed its own.
 * @throws GanError BAD_CHECKPOINT when there is none after a while, or it does not fit
 */
export async function forkRun({ engine }: PreparedRun, source: Run, run: Run): Promise<void> {
  if ((await run.checkpoints.list()).length > 0) return;
  const { readoptCheckpoint } = await import("@gan-arena/core");
  for (const until = Date.now() + PATIENCE_MS; ;) {
    const [newest] = await source.checkpoints.list();
    // It may be gone by now, when a newer one took its place.
    const bytes = newest && (await source.checkpoints.load(newest.file).catch(() => undefined));
    if (newest && bytes) {
      await run.checkpoints.save(newest.round, readoptCheckpoint(bytes, newest.file, run.spec, engine.info));
      return;
    }
    if (Date.now() > until)
      throw badCheckpoint(source.id, "the run has no checkpoint to go on from", "write them more often");
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
  }
}
