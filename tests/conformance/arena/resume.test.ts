import { batch, normal, phase, replay, tf, type Engine, type Program, type RunEvent } from "@gan-arena/core";
import { describe, expect, it } from "vitest";
import { comparable, eventfulVariant, openEngine, lineData, lineVariant, mean, meanMetric, MemoryStore, MemoryTracker, mul, neg, open, type Opened } from "./support.js";

/** Everything a checkpoint must carry: repeat, lazy phase, replay, memory, average, states, moments, noise, real samples. */
const emitting = phase({
  name: "generator",
  updates: ["G"],
  draws: { z: normal(1) },
  loss: ({ G, D }, { z }) => {
    const fake = tf.add(G(z), mul(0.1, z));
    return { terms: { adversarial: neg(mean(D(fake))) }, emits: { fake } };
  },
});
const critic = phase({
  name: "critic",
  updates: ["D"],
  repeat: 2,
  draws: { x: batch(), z: normal(1), old: replay("fake", 6) },
  memory: { seen: 0 },
  loss: ({ G, D }, { x, z, old }, { seen }) => ({
    terms: { wasserstein: tf.sub(mean(D(tf.concat([old, G(z)]))), mean(D(x))), weight: mul(0.01, tf.square(mean(D(mul(x, z))))) },
    probes: { "seen/mean": seen },
    remember: { seen: tf.add(mul(0.9, seen), mul(0.1, mean(old))) },
  }),
});
const variant = eventfulVariant(emitting, critic);
const KINDS = ["terms", "metric", "image"] as const;
const data = lineData((position) => 1 + Math.sin(position));
const options = { kimg: 0.2, logKimg: 0.03, checkpointKimg: 0.05, pictureKimg: 0.07, metricKimg: 0.06 };

const train = (opened: Opened, changes: { signal?: AbortSignal; onEvent?(event: RunEvent): void } = {}) =>
  opened.arena.train({ metrics: [meanMetric], trackers: [opened.tracker], checkpoints: opened.store, ...changes });

/** The cpu engine, but a program begins to run only when the event loop has turned, as native ones do. */
async function lateEngine(): Promise<Engine> {
  const engine = await openEngine();
  const compile: Engine["compile"] = async (fn, signature) => {
    const program = await engine.compile(fn, signature);
    const run: Program["run"] = async (inputs, state) => {
      await new Promise((resolve) => setImmediate(resolve));
      return program.run(inputs, state);
    };
    return Object.assign(Object.create(program) as Program, { run });
  };
  return Object.assign(Object.create(engine) as Engine, { compile });
}

/** Later events of a (kind, name, round) stand for earlier ones, as readers do. */
function latest(events: readonly RunEvent[]): RunEvent[] {
  const byKey = new Map<string, RunEvent>();
  for (const event of events) byKey.set(`${event.kind}/${"name" in event ? event.name : ""}/${event.round}`, event);
  return [...byKey.values()].sort((a, b) => a.round - b.round);
}

describe("exact resume", () => {
  it("from any checkpoint: same sha256 of the weights, same events", async () => {
    const whole = await open(variant, { data, options });
    const expected = await train(whole);
    expect(expected.status).toBe("finished");
    const files = await whole.store.list();
    expect(files.length).toBeGreaterThan(3);
    for (const { file, round } of files) {
      const resumed = await open(variant, { data, options });
      await resumed.arena.restore(await whole.store.load(file), file);
      const result = await train(resumed);
      expect(result).toEqual({ ...expected, seconds: expect.any(Number) as number });
      const after = (events: readonly RunEvent[]): unknown[] => comparable(events.filter((event) => event.round > round), ...KINDS);
      expect(after(resumed.tracker.events)).toEqual(after(whole.tracker.events));
      // The file itself comes out the same, but for the seconds that it took.
      const again = await open(variant, { data, options });
      await again.arena.restore(await whole.store.load(file), file);
      expect(Buffer.from(await again.arena.checkpoint()).equals(await whole.store.load(file))).toBe(true);
    }
  });

  it("interrupted again and again: same weights, same events", async () => {
    const whole = await open(variant, { data, options });
    const expected = await train(whole);
    const store = new MemoryStore();
    const tracker = new MemoryTracker();
    let sessions = 0;
    let weights = "";
    for (let status = "interrupted"; status === "interrupted"; sessions++) {
      const opened = { ...(await open(variant, { data, options })), store, tracker };
      const [last] = await store.list();
      if (last) await opened.arena.restore(await store.load(last.file), last.file);
      const abort = new AbortController();
      // Progress is reported before a round when 0.1 s have passed, events at round ends: both are moments to stop.
      const onEvent = ({ kind }: RunEvent): void => {
        if (kind === "terms") abort.abort();
      };
      const result = await train(opened, sessions < 5 ? { signal: abort.signal, onEvent } : {});
      status = result.status;
      weights = result.weightsSha256;
      expect(tracker.finished).toBe(status);
    }
    expect(weights).toBe(expected.weightsSha256);
    expect(sessions).toBe(6);
    expect(comparable(latest(tracker.events), ...KINDS)).toEqual(comparable(latest(whole.tracker.events), ...KINDS));
  });

  it("back to a checkpoint in the same arena", async () => {
    const opened = await open(variant, { data, options });
    const expected = await train(opened);
    for (const { file } of await opened.store.list()) {
      await opened.arena.restore(await opened.store.load(file), file);
      expect((await train(opened)).weightsSha256).toBe(expected.weightsSha256);
    }
  });

  it("an engine that reads its inputs late sees the play's own draws, not the next one's", async () => {
    const expected = await train(await open(variant, { data, options }));
    const late = await open(variant, { data, options, engine: await lateEngine() });
    expect((await train(late)).weightsSha256).toBe(expected.weightsSha256);
  });

  it("a finished run, trained again, only judges again", async () => {
    const whole = await open(variant, { data, options });
    const expected = await train(whole);
    const [{ file }] = await whole.store.list();
    const resumed = await open(variant, { data, options });
    await resumed.arena.restore(await whole.store.load(file), file);
    expect(await train(resumed)).toEqual(expected);
    expect(resumed.tracker.of("terms")).toEqual([]);
  });

  it("another seed gives other weights; the same seed the same", async () => {
    const [a, b, c] = await Promise.all([0, 0, 1].map(async (seed) => open(variant, { data, options, changes: { seed } })));
    const [first, second, other] = [await train(a), await train(b), await train(c)];
    expect(second.weightsSha256).toBe(first.weightsSha256);
    expect(other.weightsSha256).not.toBe(first.weightsSha256);
  });
});

describe("foreign and broken checkpoints", () => {
  const saved = async (changes = {}): Promise<Uint8Array> =>
    (await open(variant, { data, options, changes })).arena.checkpoint();

  it("another seed may be rendered, but not trained on", async () => {
    const { arena, store, tracker } = await open(variant, { data, options, changes: { seed: 1 } });
    await arena.restore(await saved(), "a.safetensors");
    await arena.render({ n: 1 });
    await expect(arena.train({ metrics: [], trackers: [tracker], checkpoints: store })).rejects.toMatchObject({
      code: "BAD_CHECKPOINT",
      message: expect.stringMatching(/^\[a\.safetensors\] the run cannot go on from it.*: seed was 0 and is 1 now; resume/) as string,
    });
  });

  it("another engine version is named", async () => {
    const engine = await openEngine();
    const info = { ...engine.info, versions: { ...engine.info.versions, "tensor-library": "9.9.9" } };
    const newer = Object.assign(Object.create(engine) as Engine, { info });
    const { arena, store } = await open(variant, { data, options, engine: newer });
    await arena.restore(await saved(), "a");
    await expect(arena.train({ metrics: [], trackers: [], checkpoints: store })).rejects.toThrow(
      /the same run: engine\.versions\.tensor-library was absent and is "9\.9\.9" now; resume with/,
    );
  });

  it("another config is refused at once", async () => {
    const { arena } = await open(variant, { data, options, changes: { config: { zDim: 2 } } });
    await expect(arena.restore(await saved({ config: { zDim: 1 } }), "a")).rejects.toThrow(
      "[a] it belongs to another run: config.zDim was 1 and is 2 now; give the run that wrote it",
    );
  });

  it("another network under the same name is refused with the tensor and both shapes", async () => {
    const wider = lineVariant({
      networks: () => ({
        G: (nn, z) => tf.add(mul(0, z), mean(nn.param("b", [2], () => new Float32Array(2)))),
        D: (nn, x) => mul(x, nn.param("a", [1], () => new Float32Array(1))),
      }),
    });
    const { arena } = await open(wider, { data, options });
    await expect(arena.restore(await saved(), "a")).rejects.toThrow(/tensor "G\/params\/b" must be \[2\], got \[1\]/);
  });

  it("a damaged file leaves the arena as it was", async () => {
    const { arena, read } = await open(variant, { data, options });
    const bytes = await saved();
    bytes[bytes.length - 3] ^= 1;
    await expect(arena.restore(bytes, "a")).rejects.toMatchObject({ code: "BAD_CHECKPOINT" });
    expect(await read("G/params")).toEqual([2]);
  });
});
