import { batch, cycle, normal, phase, replay, sgd, tf, view, type AnyVariant, type Phase } from "@gan-arena/core";
import { describe, expect, it } from "vitest";
import { add, criticPhase, generatorOfB, generatorPhase, lineVariant, mean, mul, neg, open, samplesView } from "./support.js";

const withPhases = (...phases: Phase[]): AnyVariant => lineVariant({ phases: () => phases });
const critic = (changes: Partial<Phase>): Phase => ({ ...criticPhase, ...changes });

describe("variants whose parts do not fit are refused, with what to do", () => {
  const cases: readonly [string, AnyVariant, RegExp][] = [
    ["unknown network in updates", withPhases(critic({ updates: ["C"] })), /^\[line\/critic\] there is no network "C"; did you mean "D"\?|known: D, G/],
    ["no optimiser", lineVariant({ optimizers: () => ({ D: sgd({ lr: 1 }) }) }), /\[line\/generator\] the phase updates "G", which has no optimiser; add G: adam/],
    ["optimiser of nobody", lineVariant({ optimizers: () => ({ D: sgd({ lr: 1 }), G: sgd({ lr: 1 }), E: sgd({ lr: 1 }) }) }), /there is no network "E"/],
    ["average of nobody", lineVariant({ averages: () => ({ E: 1 }) }), /there is no network "E"/],
    ["half-life of 0", lineVariant({ averages: () => ({ G: 0 }) }), /half-life of the average of "G" must be a number of kimg above 0, got 0/],
    ["two phases of one name", withPhases(criticPhase, critic({})), /two phases have the name "critic"; rename one/],
    ["no view", lineVariant({ views: () => [] }), /needs at least one view, got none/],
    ["updates nothing", withPhases(critic({ updates: [] })), /must update at least one network/],
    ["repeat 0", withPhases(critic({ repeat: 0 })), /repeat must be a whole number from 1 on, got 0/],
    ["repeat of a function that gives 0", withPhases(critic({ repeat: () => 0 })), /\[critic\] repeat must give a whole number from 1 on, got 0 for round 0/],
    ["a cycle of no labels", withPhases(critic({ draws: { ...criticPhase.draws, c: cycle(0) } })), /the number of labels of cycle "c" must be a whole number above 0, got 0/],
    ["every 1.5", withPhases(critic({ every: 1.5 })), /every must be a whole number from 1 on, got 1.5/],
    ["unknown field", withPhases(critic({ draws: { x: batch("y"), z: normal(1) } })), /no field of the data set line "y"; did you mean "x"\?|known: x/],
    ["a draw named hyper", withPhases(critic({ draws: { ...criticPhase.draws, hyper: normal(1) } })), /the name "hyper" is taken/],
    ["replay of nothing", withPhases(critic({ draws: { ...criticPhase.draws, old: replay("fake", 50) } })), /draw "old" replays "fake", which no earlier phase emits \(emitted so far: nothing\); return it as emits/],
    ["replay in a view", lineVariant({ views: () => [view({ name: "v", draws: { old: replay("fake", 5) }, render: (_, { old }) => old })] }), /a view cannot draw "old" by replay/],
    ["no real data", withPhases(critic({ draws: { x: normal(1), z: normal(1) } })), /no phase draws a real batch and updates a critic \(D\)/],
    ["memory of NaN", withPhases(critic({ memory: { m: NaN } })), /memory "m" must begin as a finite number, got NaN/],
    ["a term that is no scalar", withPhases(critic({ loss: ({ D }, { x }) => ({ terms: { real: D(x) } }) })), /term "real" must be a scalar, got \[4,1\]; reduce it with mean/],
    ["no terms", withPhases(critic({ loss: () => ({ terms: {} }) })), /the loss returned no terms/],
    ["terms of a network that is not updated", withPhases(critic({ loss: ({ D }, { x }) => ({ terms: { D: { a: mean(D(x)) }, G: { b: mean(D(x)) } } }) })), /there is no updated network "G"/],
    ["a network the loss does not call", withPhases(criticPhase, critic({ name: "other", updates: ["G"], loss: ({ D }, { x }) => ({ terms: { a: mean(D(x)) } }) })), /\[line\/other\] the phase updates "G", but no term depends on its parameters; let the loss call G/],
    ["an unknown network in a loss", withPhases(critic({ loss: ({ E }, { x }) => ({ terms: { a: mean(E(x)) } }) })), /\[line\/critic\] there is no network "E"/],
    ["an unknown draw in a loss", withPhases(critic({ loss: ({ D }, { y }) => ({ terms: { a: mean(D(y)) } }) })), /there is no draw "y"/],
    ["unknown memory", withPhases(critic({ loss: ({ D }, { x }) => ({ terms: { a: mean(D(x)) }, remember: { m: tf.scalar(0) } }) })), /there is no memory "m"/],
    ["one logged name twice", withPhases(criticPhase, critic({ name: "again" })), /two logged terms have the name "D\/fake"/],
    ["an emitted batch of another size", withPhases(critic({ loss: ({ D }, { x }) => ({ terms: { a: mean(D(x)) }, emits: { half: tf.slice(x, [0, 0], [2, 1]) } }) })), /emitted batch "half" must be float32 \[N,…\] with N = 4, got \[2,1\]/],
    ["a view that returns one sample", lineVariant({ views: () => [{ ...samplesView, render: ({ G }, { z }) => tf.slice(G(z), [0, 0], [1, 1]) }] }), /what the view returns must be float32 \[N,…\] with N = 64/],
    ["a loss that throws", withPhases(critic({ loss: () => { throw new RangeError("oh dear"); } })), /\[line\/critic\] loss threw: oh dear/],
    ["a network named like the arena's own", lineVariant({ networks: () => ({ memory: generatorOfB, D: generatorOfB }), optimizers: () => ({}), phases: () => [criticPhase] }), /the phase updates "D", which has no optimiser/],
  ];
  it.each(cases)("%s", async (_, variant, message) => {
    await expect(open(variant)).rejects.toMatchObject({ name: "GanError", message: expect.stringMatching(message) as string });
  });

  it("a loss that does not depend on what it moves is found before the first step", async () => {
    const deaf = phase({
      name: "deaf",
      updates: ["G"],
      draws: { z: normal(1) },
      loss: ({ G, D }, { z }) => {
        G(z);
        return { terms: { a: mean(D(z)) } };
      },
    });
    const { arena, store } = await open(withPhases(criticPhase, deaf));
    await expect(arena.train({ metrics: [], trackers: [], checkpoints: store })).rejects.toThrow(
      /\[line\/deaf\] the phase updates "G", but no term depends on its parameters/,
    );
  });

  it.each([
    ["batchSize", { batchSize: 0 }, /batchSize must be a whole number from 1 on, got 0/],
    ["kimg", { kimg: NaN }, /kimg must be a finite number from 0 on, got NaN/],
  ])("a senseless %s is refused", async (_, options, message) => {
    await expect(open(lineVariant(), { options })).rejects.toThrow(message);
  });
});

describe("a term that is not finite", () => {
  // log(0.05 - m) with m growing by 0.02 a play: NaN in the fourth.
  const failing = phase({
    name: "critic",
    updates: ["D"],
    draws: { x: batch() },
    memory: { m: 0 },
    loss: ({ D }, { x }, { m }) => ({
      terms: { real: neg(mean(D(x))), log: mul(0.01, tf.log(tf.sub(0.05, m))) },
      remember: { m: add(m, 0.02) },
    }),
  });

  it("stops the run at that play with phase, term, kimg and last checkpoint, and says so in the events", async () => {
    const { arena, store, tracker } = await open(withPhases(failing, generatorPhase), { options: { checkpointKimg: 0.008 } });
    await expect(arena.train({ metrics: [], trackers: [tracker], checkpoints: store })).rejects.toMatchObject({
      code: "NOT_FINITE",
      exitCode: 2,
      message:
        '[line/critic] term "D/log" must be a finite number, got NaN at 0.016 kimg (last good checkpoint: checkpoints/2.safetensors); lower the learning rate, or add or strengthen a regulariser',
    });
    expect(tracker.finished).toBe("failed");
    expect(tracker.events.at(-1)).toMatchObject({ kind: "status", status: "failed", code: "NOT_FINITE", kimg: 0.016, round: 3 });
  });

  it("says so when there is no checkpoint yet", async () => {
    const { arena, store } = await open(withPhases(failing, generatorPhase), { options: { checkpointKimg: 1 } });
    await expect(arena.train({ metrics: [], trackers: [], checkpoints: store })).rejects.toThrow(/\(no checkpoint was written yet\)/);
  });
});
