/** @file Views that translate: what metrics are told about them, what is drawn while training, and what is refused. */
import { batch, float32, normal, tf, view, type Metric, type OpenDataset, type Translation, type View } from "@gan-arena/core";
import { describe, expect, it } from "vitest";
import { lineVariant, open } from "./support.js";

/** Points in two fields: x counts up from the position, y is its partner 100 further. */
const data: OpenDataset = (() => {
  const field = { shape: [1], dtype: "float32" } as const;
  const source = {
    spec: { name: "two-lines", fields: { x: field, y: field }, points: { dim: 1 }, size: Infinity },
    fingerprint: "two-lines",
    batch: ({ position, seed }: { position: number; seed: number }, n: number) => {
      const of = (shift: number) => float32([n, 1], Float32Array.from({ length: n }, (_, i) => 1000 * seed + position + i + shift));
      return { x: of(0), y: of(100) };
    },
  };
  return { train: source, test: source };
})();

const translated = view({
  name: "translated",
  draws: { y: batch("y") },
  translates: { from: "y", to: "x" },
  render: (_, { y }) => tf.sub(y, 100),
});
const drawnAtOnce = view({ name: "both", pictured: true, draws: { x: batch(), y: batch("y") }, render: (_, { x }) => x });
const noise = view({ name: "noise", draws: { z: normal(1) }, render: (_, { z }) => z });

/** Keeps what it was told about a translation. */
function spy(): { readonly metric: Metric; readonly told: () => Translation | undefined; readonly samples: number[] } {
  let translation: Translation | undefined;
  const samples: number[] = [];
  const metric: Metric = {
    name: "spy",
    protocol: "none",
    summary: "looks",
    better: "lower",
    unsuitable: () => undefined,
    async compute(context) {
      ({ translation } = context);
      samples.push(...Array.from((await context.generate(70)).data));
      return { value: 0, samples: 70, split: "none" };
    },
  };
  return { metric, told: () => translation, samples };
}

async function judged(views: readonly View[], seed = 0) {
  const opened = await open(lineVariant({ views: () => views }), { data, changes: { seed } });
  const { metric, told, samples } = spy();
  await opened.arena.train({ metrics: [metric], trackers: [opened.tracker], checkpoints: opened.store });
  return { ...opened, told, samples: samples.slice(-70) };
}

describe("a view that translates", () => {
  it.each([0, 3])("tells metrics which test samples its samples were made from, seed %i", async (seed) => {
    const { told, samples } = await judged([translated, noise], seed);
    expect(told()).toMatchObject({ from: "y", to: "x" });
    const { x, y } = told()?.drawn(70) ?? {};
    // Sample i is y_i - 100, so it is x_i, its partner.
    expect(samples).toEqual(Array.from(x.data));
    expect(Array.from(y.data, (value) => value - 100)).toEqual(samples);
  });

  it("is told of only when it is the first", async () => {
    expect((await judged([noise, translated])).told()).toBeUndefined();
  });
});

describe("pictures while training", () => {
  const named = (pictures: readonly string[]) => [...new Set(pictures.map((name) => name.replace(/-[\d.]+$/u, "")))];

  it("are of the first view, or of those that ask for it", async () => {
    expect(named((await judged([translated, noise])).tracker.pictures)).toEqual(["translated"]);
    expect(named((await judged([translated, drawnAtOnce])).tracker.pictures)).toEqual(["both"]);
  });
});

describe("a translation that cannot be", () => {
  const opening = (changes: Partial<View>) =>
    open(lineVariant({ views: () => [{ ...translated, ...changes }] }), { data }).then(() => "opened");

  it.each([
    [{ translates: { from: "y", to: "z" } }, /\[line\/translated\] there is no field of the data set two-lines "z"; .*known: x, y/u],
    [{ translates: { from: "x", to: "y" } }, /the view translates "x" and does not draw it; add batch\("x"\) to its draws/u],
    [{ columns: 0 }, /columns must be a whole number above 0, got 0; leave it out/u],
  ])("is refused: %o", async (changes, message) => {
    await expect(opening(changes)).rejects.toThrow(message);
  });
});
