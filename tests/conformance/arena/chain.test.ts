/** @file Rounds that are played as one program: the bits, the events and the errors of single plays. */
import { batch, normal, phase, replay, tf, type Engine, type Program, type RunEvent } from "@gan-arena/core";
import { OnnxEngine } from "@gan-arena/engine";
import { afterAll, describe, expect, it } from "vitest";
import { comparable, eventfulVariant, lineData, lineVariant, mean, mul, neg, open } from "./support.js";

const engine = await OnnxEngine.create({ threads: 1 });
afterAll(() => engine.dispose());

/** The same engine as one that never chains. */
const unchained = (): Engine => Object.assign(Object.create(engine) as Engine, { chain: undefined });

/** The same engine; counts how often each chain ran, by its plays. */
function counting(): { engine: Engine; runs: Map<string, number>; lengths: number[] } {
  const runs = new Map<string, number>();
  const lengths: number[] = [];
  const chain: Engine["chain"] = async (programs) => {
    const program = await engine.chain(programs);
    if (!program) return undefined;
    lengths.push(programs.length);
    const run: Program["run"] = (inputs, state) => {
      runs.set(program.signature.name, (runs.get(program.signature.name) ?? 0) + 1);
      return program.run(inputs, state);
    };
    return Object.assign(Object.create(program) as Program, { run });
  };
  return { engine: Object.assign(Object.create(engine) as Engine, { chain }), runs, lengths };
}

/** Everything that changes from play to play: repeat, lazy phase, memory, average, states, moments, noise, real samples. */
const critic = phase({
  name: "critic",
  updates: ["D"],
  repeat: (round) => (round < 6 ? 3 : 2),
  draws: { x: batch(), z: normal(1) },
  memory: { seen: 0 },
  loss: ({ G, D }, { x, z }, { seen }) => ({
    terms: { wasserstein: tf.sub(mean(D(G(z))), mean(D(x))), weight: mul(0.01, tf.square(mean(D(mul(x, z))))) },
    probes: { "seen/mean": seen },
    remember: { seen: tf.add(mul(0.9, seen), mul(0.1, mean(z))) },
  }),
});
const generator = phase({
  name: "generator",
  updates: ["G"],
  draws: { z: normal(1) },
  loss: ({ G, D }, { z }) => ({ terms: { adversarial: neg(mean(D(tf.add(G(z), mul(0.1, z))))) } }),
});
const variant = eventfulVariant(critic, generator);
const KINDS = ["terms", "image", "status", "checkpoint"] as const;
const data = lineData((position) => 1 + Math.sin(position));
// Batches of 4, 12 or 8 real samples a round: nothing is due at the end of a whole number of chains only.
const options = { kimg: 0.6, logKimg: 0.05, checkpointKimg: 0.13, pictureKimg: 0.2, metricKimg: 0.3 };

async function play(on: Engine, changes: Partial<typeof options> = {}) {
  const opened = await open(variant, { data, options: { ...options, ...changes }, engine: on });
  const result = await opened.arena.train({ metrics: [], trackers: [opened.tracker], checkpoints: opened.store });
  return { ...opened, result };
}

describe("chained rounds", () => {
  it("give the bits and the events of single plays, and do run", async () => {
    const { engine: chaining, runs } = counting();
    const single = await play(unchained());
    const chained = await play(chaining);
    expect(chained.result.weightsSha256).toBe(single.result.weightsSha256);
    expect(comparable(chained.tracker.events, ...KINDS)).toEqual(comparable(single.tracker.events, ...KINDS));
    // Two repeats and a lazy phase on every third round: several orders, most rounds in chains.
    expect(runs.size).toBeGreaterThan(0);
    expect(4 * [...runs.values()].reduce((a, b) => a + b)).toBeGreaterThan(single.result.round / 2);
  });

  it("grow with the game: same bits and events by chains of sixteen rounds", async () => {
    const { engine: chaining, runs, lengths } = counting();
    const long = { kimg: 12, logKimg: 0.4, checkpointKimg: 6, pictureKimg: 6, metricKimg: 6 };
    const single = await play(unchained(), long);
    const chained = await play(chaining, long);
    expect(chained.result.weightsSha256).toBe(single.result.weightsSha256);
    expect(comparable(chained.tracker.events, ...KINDS)).toEqual(comparable(single.tracker.events, ...KINDS));
    // Two updates of D, one of G, and a lazy one in each third round.
    expect(lengths.some((plays) => plays >= 16 * 3)).toBe(true);
    expect(lengths.every((plays) => plays <= 16 * 4)).toBe(true);
    expect([...runs.values()].reduce((a, b) => a + b)).toBeLessThan(single.result.round / 4);
  });

  it("go on from any checkpoint: same bits, though the chains begin elsewhere", async () => {
    const whole = await play(engine);
    for (const { file } of await whole.store.list()) {
      const resumed = await open(variant, { data, options, engine });
      await resumed.arena.restore(await whole.store.load(file), file);
      const { weightsSha256 } = await resumed.arena.train({
        metrics: [],
        trackers: [resumed.tracker],
        checkpoints: resumed.store,
      });
      expect(weightsSha256).toBe(whole.result.weightsSha256);
    }
  });

  it("are not made where samples are replayed between plays", async () => {
    const { engine: chaining, runs } = counting();
    const emitting = phase({
      ...generator,
      loss: ({ G, D }, { z }) => ({ terms: { adversarial: neg(mean(D(G(z)))) }, emits: { fake: tf.add(G(z), z) } }),
    });
    const replaying = phase({
      name: "critic",
      updates: ["D"],
      draws: { x: batch(), old: replay("fake", 6) },
      loss: ({ D }, { x, old }) => ({ terms: { wasserstein: tf.sub(mean(D(old)), mean(D(x))) } }),
    });
    const opened = await open(lineVariant({ phases: () => [emitting, replaying] }), {
      data,
      options,
      engine: chaining,
    });
    await opened.arena.train({ metrics: [], trackers: [], checkpoints: opened.store });
    expect(runs.size).toBe(0);
  });

  it("stop at the play that returned NaN: phase, term, kimg, round and events as in single plays", async () => {
    // log(0.29 - m) with m growing by 0.02 a play: NaN in the 16th.
    const failing = phase({
      name: "critic",
      updates: ["D"],
      draws: { x: batch() },
      memory: { m: 0 },
      loss: ({ D }, { x }, { m }) => ({
        terms: { real: neg(mean(D(x))), log: mul(0.01, tf.log(tf.sub(0.29, m))) },
        remember: { m: tf.add(m, 0.02) },
      }),
    });
    const fail = async (on: Engine): Promise<{ message: string; last: RunEvent | undefined }> => {
      const opened = await open(lineVariant({ phases: () => [failing, generator] }), { data, options, engine: on });
      const message = await opened.arena
        .train({ metrics: [], trackers: [opened.tracker], checkpoints: opened.store })
        .then(() => "trained", (error: Error) => error.message); // prettier-ignore
      return { message, last: opened.tracker.events.at(-1) };
    };
    const [chained, single] = [await fail(engine), await fail(unchained())];
    expect(chained.message).toMatch(/NaN at 0\.064 kimg/u);
    expect(chained.message).toBe(single.message);
    expect(comparable([chained.last as RunEvent], ...KINDS)).toEqual(comparable([single.last as RunEvent], ...KINDS));
    expect(chained.last).toMatchObject({ kind: "status", status: "failed", round: 15, kimg: 0.064 });
  });
});
