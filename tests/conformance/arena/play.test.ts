import { clipWeights, phase, sgd, batch, normal, replay, tf, type AnyVariant, type Phase } from "@gan-arena/core";
import { describe, expect, it } from "vitest";
import { add, criticPhase, generatorPhase, lineData, lineVariant, mean, mul, neg, open, type Opened } from "./support.js";

/** Plays `rounds` rounds of batches of 4. */
async function played(variant: AnyVariant, rounds: number): Promise<Opened> {
  const opened = await open(variant, { options: { kimg: 0.004 * rounds, logKimg: 0.004 } });
  const { arena, store, tracker } = opened;
  await arena.train({ metrics: [], trackers: [tracker], checkpoints: store });
  return opened;
}

describe("one round worked by hand (real samples 1, a = 3, b = 2, rate 0.1)", () => {
  it("alternating: a = 3 - 0.1 (b - 1) = 2.9, then b = 2 + 0.1 * 2.9 = 2.29", async () => {
    const { read } = await played(lineVariant(), 1);
    expect(await read("D/params")).toBeAllclose([2.9]);
    expect(await read("G/params")).toBeAllclose([2.29]);
  });

  it("simultaneous: both move from where they were, b = 2 + 0.1 * 3 = 2.3", async () => {
    const both = phase({
      name: "both",
      updates: ["D", "G"],
      draws: { x: batch(), z: normal(1) },
      loss: ({ G, D }, { x, z }) => {
        const fake = mean(D(G(z)));
        return { terms: { D: { fake, real: neg(mean(D(x))) }, G: { adversarial: neg(fake) } } };
      },
    });
    const { read, tracker, arena } = await played(lineVariant({ phases: () => [both] }), 1);
    expect(await read("D/params")).toBeAllclose([2.9]);
    expect(await read("G/params")).toBeAllclose([2.3]);
    expect(arena.game.phases[0].scalars).toEqual(["D/fake", "D/real", "G/adversarial", "both/D/total"]);
    expect(Object.values(tracker.of("terms")[0].values)).toBeAllclose([6, -3, -6, 3]);
  });

  it("summed for two networks: a descends fake - real - fake = -real, so a = 3.1; b stays", async () => {
    const both = phase({
      name: "both",
      updates: ["D", "G"],
      draws: { x: batch(), z: normal(1) },
      loss: ({ G, D }, { x, z }) => ({
        terms: { fake: mean(D(G(z))), real: neg(mean(D(x))), adversarial: neg(mean(D(G(z)))) },
      }),
    });
    const { read, tracker } = await played(lineVariant({ phases: () => [both] }), 1);
    expect(await read("D/params")).toBeAllclose([3.1]);
    expect(await read("G/params")).toBeAllclose([2]);
    expect(Object.keys(tracker.of("terms")[0].values)).toEqual(["both/fake", "both/real", "both/adversarial", "both/total"]);
  });

  it("logs terms, their sum and probes: 6, -3, 3, 6 for the critic and -5.8 for the generator", async () => {
    const { tracker } = await played(lineVariant(), 1);
    const [{ values }] = tracker.of("terms");
    expect(Object.keys(values)).toEqual(["D/fake", "D/real", "critic/total", "score/fake", "G/adversarial"]);
    expect(Object.values(values)).toBeAllclose([6, -3, 3, 6, -5.8]);
  });

  it("repeat: two critic updates give a = 2.8", async () => {
    const { read, tracker } = await played(
      lineVariant({ phases: () => [{ ...criticPhase, repeat: 2 }, generatorPhase] }),
      2, // 8 images: one round shows 2 batches of 4
    );
    expect(await read("D/params")).toBeAllclose([2.8]);
    const [terms] = tracker.of("terms");
    expect([terms.round, terms.kimg, terms.gradientEvaluations]).toEqual([1, 0.008, 3]);
    // The mean of 3 * 2 and 2.9 * 2.
    expect(terms.values["D/fake"]).toBeCloseTo(5.9, 5);
  });

  it("repeat as a function: two critic updates in round 0 and one in round 1", async () => {
    const growing = { ...criticPhase, repeat: (round: number) => (round === 0 ? 2 : 1) };
    const { arena, tracker } = await played(lineVariant({ phases: () => [growing, generatorPhase] }), 3);
    // 12 images: two batches of 4 and one G step, then one batch and one G step.
    expect(tracker.of("terms").map(({ round, kimg, gradientEvaluations }) => [round, kimg, gradientEvaluations])).toEqual([
      [1, 0.008, 3],
      [2, 0.012, 5],
    ]);
    expect(arena.game.phases).toHaveLength(2);
  });

  it("lazy: every 2nd round, weight 2, rate 0.1 * 2/3: a = 3 - (0.1 + 2 * 0.5 * 0.1) 2/3", async () => {
    const lazy = phase({
      name: "lazy",
      updates: ["D"],
      every: 2,
      draws: { z: normal(1) },
      // d/da of 0.25 a b is 0.5 at b = 2.
      loss: ({ G, D }, { z }) => ({ terms: { penalty: mul(0.25, mean(D(G(z)))) } }),
    });
    const variant = lineVariant({ phases: () => [criticPhase, lazy] });
    const first = await played(variant, 1);
    expect(await first.read("D/params")).toBeAllclose([3 - (0.1 + 2 * 0.5 * 0.1) * (2 / 3)]);
    // Logged as the loss returned it, not doubled: 0.25 * (3 - 0.1 * 2/3) * 2.
    expect(first.tracker.of("terms")[0].values["D/penalty"]).toBeCloseTo(0.5 * (3 - 0.2 / 3), 5);
    // Not played in round 1: one more critic step only.
    expect(await (await played(variant, 2)).read("D/params")).toBeAllclose([3 - (0.2 + 2 * 0.5 * 0.1) * (2 / 3)]);
  });

  it("constraint: after the step, a is clipped to 1.5", async () => {
    const { read } = await played(lineVariant({ phases: () => [{ ...criticPhase, constrain: clipWeights(1.5) }] }), 1);
    expect(await read("D/params")).toBeAllclose([1.5]);
  });

  it("a young average follows: after 4 images its half-life is 0.05 * 4, so 0.5^20 of the old one stays: 2.2899997; views show it", async () => {
    const { read, arena } = await played(lineVariant({ averages: () => ({ G: 0.004 }) }), 1);
    expect(await read("G/average")).toBeAllclose([2.2899997]);
    expect(Array.from((await arena.render({ n: 3 })).data)).toBeAllclose([2.2899997, 2.2899997, 2.2899997]);
  });

  it("average after two rounds: b = 2.5671, half-life 0.05 * 8 images: 2.5671 + 0.5^10 (2.2899997 - 2.5671) = 2.5668294", async () => {
    const { read } = await played(lineVariant({ averages: () => ({ G: 0.004 }) }), 2);
    expect(await read("G/params")).toBeAllclose([2.5671]);
    expect(await read("G/average")).toBeAllclose([2.5668294]);
  });

  it("states change only in phases that update the network: D is called 3 times by the critic, once by the generator", async () => {
    const { read } = await played(lineVariant(), 2);
    expect(await read("D/states")).toEqual([6]);
  });

  it("memory: a phase reads what it remembered, 1 + 2 + 3 = 6 after three rounds", async () => {
    const counting = phase({
      name: "critic",
      updates: ["D"],
      draws: { x: batch() },
      memory: { sum: 0, next: 1 },
      loss: ({ D }, { x }, { sum, next }) => ({
        terms: { real: neg(mean(D(x))) },
        probes: { "memory/sum": sum },
        remember: { sum: add(sum, next), next: add(next, 1) },
      }),
    });
    const { read, tracker } = await played(lineVariant({ phases: () => [counting] }), 3);
    expect(await read("memory/critic")).toEqual([6, 4]);
    expect(tracker.of("terms").map(({ values }) => values["memory/sum"])).toEqual([0, 1, 3]);
  });

  it("replay: the critic sees what the generator emitted in the same round, before it moved", async () => {
    const emitting = phase({
      name: "generator",
      updates: ["G"],
      draws: { z: normal(1) },
      loss: ({ G, D }, { z }) => {
        const fake = G(z);
        return { terms: { adversarial: neg(mean(D(fake))) }, emits: { fake } };
      },
    });
    const judging = phase({
      name: "critic",
      updates: ["D"],
      draws: { x: batch(), old: replay("fake", 50) },
      loss: ({ D }, { x, old }) => ({
        terms: { real: neg(mean(D(x))), fake: mean(D(old)) },
        probes: { "seen/fake": mean(old) },
      }),
    });
    const { tracker } = await played(lineVariant({ phases: () => [emitting, judging] }), 1);
    expect(tracker.of("terms")[0].values["seen/fake"]).toBe(2);
  });
});

describe("real samples", () => {
  const looking = (name: string): Phase => ({
    ...phase({
      name,
      updates: ["D"],
      draws: { x: batch(), again: batch() },
      loss: ({ D }, { x, again }) => ({
        terms: { [name]: mean(D(x)) },
        probes: { [`${name}/x`]: mean(x), [`${name}/again`]: mean(again) },
      }),
    }),
  });

  it("each play that draws any gets the next batch, the same one for all its draws: 0…3, 4…7, 8…11, 12…15", async () => {
    const variant = lineVariant({ phases: () => [looking("one"), looking("two")] });
    const { arena, store, tracker } = await open(variant, {
      data: lineData((position) => position),
      options: { kimg: 0.016, logKimg: 0.004 },
    });
    await arena.train({ metrics: [], trackers: [tracker], checkpoints: store });
    const seen = tracker.of("terms").map(({ values }) => ["one/x", "one/again", "two/x", "two/again"].map((name) => values[name]));
    expect(seen).toEqual([
      [1.5, 1.5, 5.5, 5.5],
      [9.5, 9.5, 13.5, 13.5],
    ]);
  });
});

describe("optimisers", () => {
  it("a schedule sees kimg before each play and the number of the update", async () => {
    const seen: number[][] = [];
    const schedule = ({ update, kimg, totalKimg }: { update: number; kimg: number; totalKimg: number }): number => {
      if (totalKimg !== 1) seen.push([update, kimg, totalKimg]);
      return 1;
    };
    await played(lineVariant({ optimizers: () => ({ D: sgd({ lr: 0.1, schedule }), G: sgd({ lr: 0.1 }) }) }), 3);
    expect(seen.filter(([, , total]) => total === 0.012)).toEqual([[1, 0, 0.012], [2, 0.004, 0.012], [3, 0.008, 0.012]]);
  });
});

describe("memory of the machine", () => {
  it("100 rounds leave as many tensors as 1 round", async () => {
    const { arena, store } = await open(lineVariant({ averages: () => ({ G: 0.004 }) }), { options: { kimg: 0.004 } });
    await arena.train({ metrics: [], trackers: [], checkpoints: store });
    const after1 = tf.memory().numTensors;
    const more = await open(lineVariant({ averages: () => ({ G: 0.004 }) }), { options: { kimg: 0.4 } });
    const opened = tf.memory().numTensors - after1;
    await more.arena.train({ metrics: [], trackers: [], checkpoints: store });
    expect(tf.memory().numTensors).toBe(after1 + opened);
    await arena.dispose();
    await more.arena.dispose();
    expect(tf.memory().numTensors).toBe(after1 - opened);
  });
});
