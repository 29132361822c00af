/** @file A run of a given name that an earlier process has begun: the same command then goes on with it. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Run, RunStore } from "@gan-arena/tracking";

/** A process whose parent was killed stops after its round, with a checkpoint. */
const PATIENCE_MS = 60_000;
const LOOK_AGAIN_MS = 100;

/**
 * The run of that name, once nobody writes it any more; undefined when it has to be made.
 * @throws GanError BAD_CONFIG when what is there cannot be read
 */
export async function earlierRun(store: RunStore, runId: string): Promise<Run | undefined> {
  const folder = join(store.home, "runs", runId);
  if (!existsSync(folder)) return undefined;
  // A process that was killed between making the folder and filling it leaves nothing to go on with.
  if (!(await fills(folder))) {
    await store.remove(runId);
    return undefined;
  }
  // Who still writes it after that is named by the run's lock when the game begins.
  const until = Date.now() + PATIENCE_MS;
  while (store.get(runId).owner !== undefined && Date.now() < until) await pause(LOOK_AGAIN_MS);
  return store.get(runId);
}

/** Is somebody just making it? A second is enough for two small files. */
async function fills(folder: string): Promise<boolean> {
  for (let i = 0; i < 10 && !existsSync(join(folder, "run.json")); i++) await pause(LOOK_AGAIN_MS);
  return existsSync(join(folder, "run.json"));
}

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));
