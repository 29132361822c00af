/** @file What the arena's tests share: a variant whose numbers can be worked by hand, a data set, a store in memory. */
import {
  adam,
  constant,
  defineVariant,
  float32,
  openArena,
  phase,
  sgd,
  tf,
  view,
  batch,
  normal,
  type AnyVariant,
  type Arena,
  type CheckpointStore,
  type DataSource,
  type Engine,
  type GanVariant,
  type Metric,
  type Network,
  type OpenDataset,
  type Phase,
  type RunEvent,
  type RunOptions,
  type RunSpec,
  type Tracker,
} from "@gan-arena/core";
import { register } from "@gan-arena/engine";
import { createContainer, ENGINE, HOME, named } from "@gan-arena/core/base";
import { z } from "zod";

const container = createContainer();
const { GAN_ARENA_TEST_HOME, GAN_ARENA_TEST_ENGINE = "cpu" } = process.env;
if (GAN_ARENA_TEST_HOME !== undefined) container.register(HOME, { useValue: GAN_ARENA_TEST_HOME });
register(container);

/** The reference engine; GAN_ARENA_TEST_ENGINE names another, and GAN_ARENA_TEST_HOME the home where it was built. */
export const openEngine = (): Promise<Engine> =>
  named(container, ENGINE, GAN_ARENA_TEST_ENGINE, "engine").create({ threads: 1, deterministic: true });

const { mul, mean, neg, sub, add } = tf;

/** G(z) = b, whatever z is; b begins at 2. */
export const generatorOfB: Network = (nn, z) => add(mul(0, z), nn.param("b", [1], constant(2)));

/** D(x) = a x; a begins at 3. Counts its calls in the state `calls`. */
export const criticOfA: Network = (nn, x) => {
  const calls = nn.state("calls", [], constant(0));
  calls.write(add(calls.read(), 1));
  return mul(x, nn.param("a", [1], constant(3)));
};

type Definition = Partial<Omit<GanVariant<Record<string, never>>, "config">>;

/** Wasserstein on a line with SGD at rate 0.1: with real samples 1, dD/da = b - 1 and dG/db = -a. */
export const lineVariant = (changes: Definition = {}): AnyVariant =>
  defineVariant<Record<string, never>>({
    name: "line",
    paper: { title: "A line", authors: "Nobody", year: 2026 },
    deviations: [],
    config: z.object({}) as never,
    searchSpace: {},
    networks: () => ({ G: generatorOfB, D: criticOfA }),
    optimizers: () => ({ G: sgd({ lr: 0.1 }), D: sgd({ lr: 0.1 }) }),
    phases: () => [criticPhase, generatorPhase],
    views: () => [samplesView],
    ...changes,
  });

export const criticPhase = phase({
  name: "critic",
  updates: ["D"],
  draws: { x: batch(), z: normal(1) },
  loss: ({ G, D }, { x, z }) => ({
    terms: { fake: mean(D(G(z))), real: neg(mean(D(x))) },
    probes: { "score/fake": mean(D(G(z))) },
  }),
});

export const generatorPhase = phase({
  name: "generator",
  updates: ["G"],
  draws: { z: normal(1) },
  loss: ({ G, D }, { z }) => ({ terms: { adversarial: neg(mean(D(G(z)))) } }),
});

/** Plays in every third round. */
const lazyPhase = phase({
  name: "lazy",
  updates: ["D"],
  every: 3,
  draws: { x: batch() },
  loss: ({ D }, { x }) => ({ terms: { penalty: mean(tf.square(D(x))) } }),
});

/** These phases and a lazy one, with Adam and an average: nearly everything that changes from play to play. */
export const eventfulVariant = (...phases: readonly Phase[]): AnyVariant =>
  lineVariant({
    optimizers: () => ({ G: adam({ lr: 0.05 }), D: adam({ lr: 0.05, beta1: 0.5 }) }),
    averages: () => ({ G: 0.02 }),
    phases: () => [...phases, lazyPhase],
  });

/** What must be equal in two runs: everything but the time of day and how long things took, which files contain as well. */
export const comparable = (events: readonly RunEvent[], ...kinds: readonly RunEvent["kind"][]): unknown[] =>
  events
    .filter(({ kind }) => kinds.includes(kind))
    .map((event) => ({ ...event, time: 0, seconds: 0, ...("sha256" in event ? { sha256: "" } : {}) }));

export const samplesView = view({ name: "samples", draws: { z: normal(1) }, render: ({ G }, { z }) => G(z) });

/** Points on a line: sample number `position` is `value(position)`. */
export const lineData = (value: (position: number) => number = () => 1): OpenDataset => {
  const source: DataSource = {
    spec: { name: "line", fields: { x: { shape: [1], dtype: "float32" } }, points: { dim: 1 }, size: Infinity },
    fingerprint: "line",
    batch: ({ position }, n) => ({ x: float32([n, 1], Float32Array.from({ length: n }, (_, i) => value(position + i))) }),
  };
  return { train: source, test: source };
};

export const runSpec = (
  engine: Engine,
  options: Partial<RunOptions> = {},
  changes: Partial<RunSpec> = {},
): RunSpec => ({
  formatVersion: 1,
  runId: "test",
  variant: "line",
  config: {},
  dataset: "line",
  datasetConfig: {},
  dataFingerprint: "line",
  seed: 0,
  options: {
    kimg: 0.04,
    batchSize: 4,
    logKimg: 0.012,
    checkpointKimg: 0.016,
    pictureKimg: 0.02,
    metricKimg: 0.02,
    ...options,
  },
  metrics: [],
  engine: engine.info,
  plugins: [],
  createdAt: "2026-01-01T00:00:00.000Z",
  versions: {},
  machine: {},
  ...changes,
});

export class MemoryStore implements CheckpointStore {
  readonly files = new Map<string, { round: number; bytes: Uint8Array }>();

  save(round: number, bytes: Uint8Array): Promise<string> {
    const file = `checkpoints/${round}.safetensors`;
    this.files.set(file, { round, bytes: bytes.slice() });
    return Promise.resolve(file);
  }
  list(): Promise<{ file: string; round: number }[]> {
    return Promise.resolve(
      [...this.files].map(([file, { round }]) => ({ file, round })).sort((a, b) => b.round - a.round),
    );
  }
  load(file: string): Promise<Uint8Array> {
    const found = this.files.get(file);
    return found ? Promise.resolve(found.bytes) : Promise.reject(new Error(`no ${file}`));
  }
}

/** Keeps every event; `finished` is the status that it was told last. */
export class MemoryTracker implements Tracker {
  readonly events: RunEvent[] = [];
  readonly pictures: string[] = [];
  finished: string | undefined;

  start(): Promise<void> {
    return Promise.resolve();
  }
  log(events: readonly RunEvent[]): Promise<void> {
    this.events.push(...events);
    return Promise.resolve();
  }
  image(name: string, kimg: number): Promise<string> {
    this.pictures.push(`${name}-${kimg}`);
    return Promise.resolve(`images/${name}-${kimg}.png`);
  }
  artifact(name: string): Promise<string> {
    return Promise.resolve(name);
  }
  finish(status: string): Promise<void> {
    this.finished = status;
    return Promise.resolve();
  }
  of<K extends RunEvent["kind"]>(kind: K): Extract<RunEvent, { kind: K }>[] {
    return this.events.filter((event) => event.kind === kind) as Extract<RunEvent, { kind: K }>[];
  }
}

/** The mean of 10 generated samples. */
export const meanMetric: Metric = {
  name: "mean10",
  protocol: "mean of 10 samples",
  summary: "the mean",
  better: "lower",
  unsuitable: () => undefined,
  async compute({ generate }) {
    const { data } = await generate(10);
    return { value: Array.from(data).reduce((sum, value) => sum + value) / 10, samples: 10, split: "none" };
  },
};

export interface Opened {
  readonly arena: Arena;
  readonly store: MemoryStore;
  readonly tracker: MemoryTracker;
  readonly read: (entry: string) => Promise<number[]>;
}

export async function open(
  variant: AnyVariant,
  {
    data = lineData(),
    options = {},
    changes = {},
    engine,
  }: { data?: OpenDataset; options?: Partial<RunOptions>; changes?: Partial<RunSpec>; engine?: Engine } = {},
): Promise<Opened> {
  const used = engine ?? (await openEngine());
  const run = runSpec(used, options, { variant: variant.name, ...changes });
  const arena = await openArena({ run, variant, data, engine: used });
  return {
    arena,
    store: new MemoryStore(),
    tracker: new MemoryTracker(),
    read: async (entry) => Array.from((await arena.state.read([entry]))[entry]),
  };
}

export { sub, mul, mean, neg, add };
