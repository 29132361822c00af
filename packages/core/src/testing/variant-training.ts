/** @file What shows only when a variant is played for a while: finite terms, equal bits, exact resume, the ring learnt. */
import { openArena } from "../arena/arena.js";
import { SCALARS } from "../arena/step.js";
import type { CheckpointStore } from "../arena/types.js";
import type { DataSource } from "../contracts/dataset.js";
import type { RunOptions, RunSpec } from "../contracts/tracker.js";
import { tf } from "../tensor/tf.js";
import { FINITE_PLAYS, leaks, notReproduced, notResumed, ringNotLearnt, termNotFinite } from "./errors.js";
import { sameBits } from "./phases.js";
import { openScene, type Scene, type SceneOptions } from "./scene.js";
import { RING, ringPoints } from "./synthetic.js";

/** Plays all phases in turn and looks at every term. @throws GanError BAD_PLUGIN that names phase, term and play */
export async function expectFinite({ game, play }: Scene): Promise<void> {
  for (let round = 0; round < FINITE_PLAYS; round++)
    for (const [index, { phase, scalars, finite }] of game.phases.entries()) {
      const { data } = (await play(index))[SCALARS];
      const bad = data.subarray(0, finite).findIndex((value) => !Number.isFinite(value));
      if (bad >= 0) throw termNotFinite(`${game.variant}/${phase.name}`, scalars[bad], data[bad], round);
    }
}

/** Two scenes from one seed, in one process. @throws GanError BAD_PLUGIN that names phase and what differs */
export async function expectSameBits(options: SceneOptions): Promise<void> {
  const [a, b] = [await openScene(options), await openScene(options)];
  try {
    for (let round = 0; round < 2; round++)
      for (const [index, { phase }] of a.game.phases.entries()) {
        const where = `${a.game.variant}/${phase.name}`;
        const [mine, theirs] = [await a.play(index), await b.play(index)];
        for (const [name, { data }] of Object.entries(mine))
          if (!sameBits(data, theirs[name]?.data)) throw notReproduced(where, name === SCALARS ? "its terms" : name);
        const [left, right] = [await a.state.read(), await b.state.read()];
        for (const [entry, values] of Object.entries(left))
          if (!sameBits(values, right[entry])) throw notReproduced(where, entry);
      }
  } finally {
    await a.dispose();
    await b.dispose();
  }
}

/** @throws GanError BAD_PLUGIN when the number of tensors grows from play to play */
export async function expectNoLeaks({ game, play }: Scene): Promise<void> {
  const PLAYS = 4;
  for (const [index, { phase }] of game.phases.entries()) {
    await play(index);
    const before = tf.memory().numTensors;
    for (let i = 0; i < PLAYS; i++) await play(index);
    const more = (tf.memory().numTensors - before) / PLAYS;
    if (more >= 1) throw leaks(`${game.variant}/${phase.name}`, more);
  }
}

/** Rounds of the run that is stopped; a checkpoint is written about the middle. */
const ROUNDS = 6;

/** Trains once without a stop, and once more from a checkpoint of the middle. @throws GanError BAD_PLUGIN when bits differ */
export async function expectExactResume(options: SceneOptions): Promise<void> {
  const { variant, batchSize } = options;
  const kimg = (ROUNDS * batchSize) / 1000;
  const store = new MemoryStore();
  const whole = await openRun(options, { kimg, checkpointKimg: kimg / 3 });
  const resumed = await openRun(options, { kimg, checkpointKimg: kimg });
  try {
    const straight = await whole.train({ metrics: [], trackers: [], checkpoints: store });
    const [file, bytes] = [...store.files][0] ?? [];
    if (file === undefined || bytes === undefined) throw notResumed(variant.name, "no checkpoint was written");
    await resumed.restore(bytes, file);
    const again = await resumed.train({ metrics: [], trackers: [], checkpoints: new MemoryStore() });
    if (again.weightsSha256 !== straight.weightsSha256) throw notResumed(variant.name, "other weights");
  } finally {
    await whole.dispose();
    await resumed.dispose();
  }
}

/** Keeps all checkpoints, in the order in which they were written. */
class MemoryStore implements CheckpointStore {
  readonly files = new Map<string, Uint8Array>();

  save(round: number, bytes: Uint8Array): Promise<string> {
    const file = `${round}.safetensors`;
    this.files.set(file, bytes.slice());
    return Promise.resolve(file);
  }
  list(): Promise<readonly { readonly file: string; readonly round: number }[]> {
    return Promise.resolve(
      [...this.files.keys()].reverse().map((file) => ({ file, round: Number.parseInt(file, 10) })),
    );
  }
  load(file: string): Promise<Uint8Array> {
    const found = this.files.get(file);
    return found ? Promise.resolve(found) : Promise.reject(new Error(`there is no ${file}`));
  }
}

/** An arena that keeps nothing on the disk. */
function openRun(
  { variant, config, data, engine, batchSize, seed = 7 }: SceneOptions,
  options: Pick<RunOptions, "kimg" | "checkpointKimg">,
) {
  const run: RunSpec = {
    formatVersion: 1,
    runId: "testing",
    variant: variant.name,
    config: (config ?? variant.config.parse({})) as Record<string, unknown>,
    dataset: data.spec.name,
    datasetConfig: {},
    dataFingerprint: data.fingerprint,
    seed,
    options: { batchSize, logKimg: options.kimg, pictureKimg: Infinity, metricKimg: Infinity, ...options },
    metrics: [],
    engine: engine.info,
    plugins: [],
    createdAt: "1970-01-01T00:00:00.000Z",
    versions: {},
    machine: {},
  };
  return openArena({ run, variant, data: { train: data, test: data }, engine });
}

const JUDGED = 1000;
/** A point belongs to a mode within this distance: 15 standard deviations, and a fifth of the way to the next mode. */
const NEAR = 0.3;
const KIMG = 400;

/** Trains on eight Gaussians. @param kimg default: the variant's own budget @throws GanError BAD_PLUGIN when modes are missing */
export async function expectRing(options: Omit<SceneOptions, "data" | "batchSize">, kimg?: number): Promise<void> {
  const { variant } = options;
  const data: DataSource = ringPoints();
  const config: unknown = options.config ?? variant.config.parse({});
  const own = variant.defaults?.(config, data.spec);
  const budget = kimg ?? own?.kimg ?? KIMG;
  const arena = await openRun(
    { ...options, config, data, batchSize: own?.batchSize ?? 64 },
    { kimg: budget, checkpointKimg: Infinity },
  );
  try {
    await arena.train({ metrics: [], trackers: [], checkpoints: new MemoryStore() });
    const { data: points } = await arena.render({ n: JUDGED });
    const counts = countModes(points as Float32Array);
    const modes = counts.filter((count) => count >= 0.02 * JUDGED).length;
    const near = counts.reduce((sum, count) => sum + count) / JUDGED;
    if (modes < 6 || near < 0.5) throw ringNotLearnt(variant.name, { modes, near, kimg: budget });
  } finally {
    await arena.dispose();
  }
}

function countModes(points: Float32Array): number[] {
  const counts = Array.from({ length: RING.modes }, () => 0);
  for (let i = 0; i < points.length; i += 2)
    for (let mode = 0; mode < RING.modes; mode++) {
      const [x, y] = RING.centre(mode);
      if (Math.hypot(points[i] - x, points[i + 1] - y) < NEAR) counts[mode]++;
    }
  return counts;
}
