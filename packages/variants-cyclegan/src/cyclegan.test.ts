import { tf, type BoundNetwork, type DataSpec, type Tensor } from "@gan-arena/core";
import { beforeAll, describe, expect, it } from "vitest";
import { cyclegan } from "./cyclegan.js";

beforeAll(() => tf.setBackend("cpu"));

const field = (side: number, channels = 3) => ({ shape: [side, side, channels], dtype: "float32" as const });
const domains = (side: number, changes: Partial<DataSpec> = {}): DataSpec => ({
  name: "two",
  fields: { x: field(side), y: field(side) },
  image: { height: side, width: side, channels: 3 },
  size: 10,
  ...changes,
});
const config = (given: Record<string, unknown> = {}) => cyclegan.config.parse(given);

/** G adds 1, F subtracts 1/2; DX and DY give the mean as the score of the only place. */
const nets: Record<string, BoundNetwork> = {
  G: (x) => tf.add(x, 1),
  F: (y) => tf.sub(y, 0.5),
  DX: (x) => tf.mean(x, [1, 2, 3], true),
  DY: (y) => tf.mean(y, [1, 2, 3], true),
};
const flat = (value: number): Tensor => tf.mul(value, tf.ones([2, 4, 4, 3]));
const valueOf = (tensor: Tensor | undefined): number => tensor?.dataSync()[0] ?? Number.NaN;
const phaseOf = (name: string, given: Record<string, unknown> = {}) => {
  const found = cyclegan.phases(config(given), domains(16)).find((phase) => phase.name === name);
  if (!found) throw new Error(`no phase ${name}`);
  return found;
};

describe("the translators' terms", () => {
  const termsOf = (given: Record<string, unknown> = {}) =>
    phaseOf("translators", given).loss(nets, { x: flat(0.25), y: flat(2) }, {}).terms as Record<string, Tensor>;

  it("are Eq. 1 with squares, Eq. 2 times lambda, and the identity terms times lambda / 2", () => {
    const terms = termsOf();
    const values = Object.fromEntries(Object.entries(terms).map(([name, term]) => [name, valueOf(term)]));
    expect(Object.keys(values)).toEqual(["adversarialY", "adversarialX", "cycleX", "cycleY", "identityX", "identityY"]);
    expect(values["adversarialY"]).toBeAllclose(0.0625); // G(x) = 1.25: (1.25 - 1)^2
    expect(values["adversarialX"]).toBeAllclose(0.25); // F(y) = 1.5: (1.5 - 1)^2
    expect(values["cycleX"]).toBeAllclose(5); // 10 |0.25 + 1 - 0.5 - 0.25|
    expect(values["cycleY"]).toBeAllclose(5); // 10 |2 - 0.5 + 1 - 2|
    expect(values["identityX"]).toBeAllclose(2.5); // 10 / 2 |F(x) - x|
    expect(values["identityY"]).toBeAllclose(5); // 10 / 2 |G(y) - y|
  });

  it("have no identity terms, and no cost for them, when their weight is 0", () => {
    expect(Object.keys(termsOf({ identityLambda: 0 }))).toEqual(["adversarialY", "adversarialX", "cycleX", "cycleY"]);
  });

  it("emit the translations for the history", () => {
    const { emits } = phaseOf("translators").loss(nets, { x: flat(0.25), y: flat(2) }, {});
    expect(valueOf(emits?.["fakeY"])).toBe(1.25);
    expect(valueOf(emits?.["fakeX"])).toBe(1.5);
  });
});

describe("the critics' terms", () => {
  it("are half the sum of the squares, each critic's own", () => {
    const inputs = { x: flat(0.5), fakeX: flat(3), y: flat(1), fakeY: flat(0.5) };
    const { terms } = phaseOf("critics").loss(nets, inputs, {});
    const own = terms as unknown as Record<"DX" | "DY", Record<string, Tensor>>;
    expect(valueOf(own.DX["adversarial"])).toBeAllclose(4.625); // ((0.5 - 1)^2 + 3^2) / 2
    expect(valueOf(own.DY["adversarial"])).toBeAllclose(0.125); // (0 + 0.5^2) / 2
  });

  it("see translations through a history of 50", () => {
    expect(phaseOf("critics").draws["fakeY"]).toEqual({ kind: "replay", source: "fakeY", capacity: 50 });
    expect(phaseOf("critics", { historySize: 7 }).draws["fakeX"]).toMatchObject({ capacity: 7 });
  });
});

describe("the rate", () => {
  it("is whole in the first half and falls to 0 in the second", () => {
    const { G } = cyclegan.optimizers(config(), domains(16));
    const rate = (kimg: number) => {
      const { stepSize } = G?.scalars({ update: 1, kimg, totalKimg: 20 }) ?? {};
      return (stepSize ?? Number.NaN) * (1 - 0.5); // without Adam's correction of the first update
    };
    expect([0, 10, 15, 20].map(rate)).toBeAllclose([2e-4, 2e-4, 1e-4, 0]);
  });
});

describe("views", () => {
  it("are judged as translations from x to y, and pictured side by side with the partner if there is one", () => {
    const [first, , cycle] = cyclegan.views(config(), domains(16, { pairs: ["x", "y"] }));
    expect(first?.translates).toEqual({ from: "x", to: "y" });
    const rows = cycle?.render(nets, { x: flat(0), y: flat(9) });
    expect(rows?.shape).toEqual([8, 4, 4, 3]);
    // Real, translated, reconstructed, partner.
    const firsts = Array.from({ length: 4 }, (_, i) => rows?.dataSync()[i * 48]);
    expect(firsts).toEqual([0, 1, 0.5, 9]);
    expect((cycle?.columns ?? 0) % 4).toBe(0);
  });

  it("leave the partner out of unpaired data", () => {
    const [, , cycle] = cyclegan.views(config(), domains(16));
    expect(cycle?.render(nets, { x: flat(0), y: flat(9) }).shape).toEqual([6, 4, 4, 3]);
    expect((cycle?.columns ?? 0) % 3).toBe(0);
  });
});

describe("data that it cannot translate", () => {
  it.each([
    [
      "no second domain",
      domains(28, { name: "mnist", fields: { x: field(28) } }),
      '"mnist"; choose another data set, for example digits-inverted',
    ],
    ["domains of two sizes", domains(28, { fields: { x: field(28), y: field(32) } }), "got [28,28,3] and [32,32,3]"],
    ["sizes that cannot be halved twice", domains(30), "a multiple of 4, got [30,30,3]"],
    [
      "points",
      { name: "ring", fields: { x: { shape: [2], dtype: "float32" } }, points: { dim: 2 }, size: 9 } as const,
      '"ring"; choose another data set',
    ],
  ])("is refused in a sentence: %s", (_, data, problem) => {
    expect(() => cyclegan.networks(config(), data)).toThrow(problem);
    expect(() => cyclegan.views(config(), data)).toThrow("[cyclegan] needs");
  });
});
