import { describe, expect, it } from "vitest";
import { GanError } from "../errors.js";
import { tf, type Tensor } from "../tensor/tf.js";
import { LOSS_NAMES, LOSSES, lossByName } from "./by-name.js";
import { leastSquares } from "./least-squares.js";
import type { Loss } from "./loss.js";

const column = (...scores: number[]): Tensor => tf.tensor2d(scores.map((score) => [score]));
const value = (tensor: Tensor): number => {
  expect(tensor.shape).toEqual([]);
  return tensor.dataSync()[0];
};
const codeOf = (run: () => unknown): string | undefined => {
  try {
    run();
  } catch (error) {
    return error instanceof GanError ? error.code : String(error);
  }
  return undefined;
};

const LOG2 = Math.LN2;
const real = [0, Math.log(3)]; // sigmoid 1/2, 3/4
const fake = [0, -Math.log(3)]; // sigmoid 1/2, 1/4
const s = (p: number): number => -Math.log(1 - p); // softplus of the logit of p

describe("values at real = (0, log 3), fake = (0, -log 3), where sigmoid is (1/2, 3/4) and (1/2, 1/4)", () => {
  const half = 0.5;
  // -(log 1/2 + log 3/4) / 2 for each side of the cross entropy.
  const entropy = (LOG2 + Math.log(4 / 3)) / 2;
  const m = Math.log(3) / 2; // mean real score; the mean fake one is -m
  const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
  const cases: [keyof typeof LOSSES, number, number][] = [
    // L_D: 2 entropy; L_G: (log 1/2 + log 3/4) / 2 = -entropy
    ["minimax", 2 * entropy, -entropy],
    // L_G: -(log 1/2 + log 1/4) / 2
    ["nonSaturating", 2 * entropy, (3 * LOG2) / 2],
    // L_D: [(0-1)^2 + (log 3 - 1)^2 + 0 + (log 3)^2] / 4; L_G: [(0-1)^2 + (log 3 + 1)^2] / 4
    ["leastSquares", (1 + (2 * m - 1) ** 2 + 4 * m * m) / 4, (1 + (2 * m + 1) ** 2) / 4],
    ["wasserstein", -2 * m, m],
    // L_D: (1 + max(0, 1 - 1.0986)) / 2 twice
    ["hinge", 1, m],
    // D: winner scores above the other mean: 0 + m, 2m + m; the same for the fakes by symmetry
    ["relativisticAverage", s(sigmoid(-m)) + s(sigmoid(-3 * m)), s(sigmoid(m)) + s(sigmoid(3 * m))],
    // pairs: 0 - 0 and log 3 + log 3 = log 9: softplus(0), softplus(-+log 9), sigmoid(log 9) = 9/10
    ["relativisticPaired", half * (LOG2 + s(0.1)), half * (LOG2 + s(0.9))],
  ];

  it.each(cases)("%s: D %d, G %d", (name, discriminator, generator) => {
    const scores = { real: column(...real), fake: column(...fake) };
    expect(value(LOSSES[name].discriminator(scores))).toBeAllclose(discriminator, 1e-6);
    expect(value(LOSSES[name].generator(scores))).toBeAllclose(generator, 1e-6);
  });

  it("every loss has a case", () => {
    expect(cases.map(([name]) => name).sort()).toEqual([...LOSS_NAMES].sort());
  });
});

describe("gradients by the scores, at real = 1 and fake = 2 (one each)", () => {
  const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
  // [dL_D/dreal, dL_D/dfake, dL_G/dfake], by hand from the formulas in the docstrings.
  const cases: [keyof typeof LOSSES, number, number, number][] = [
    ["minimax", -sigmoid(-1), sigmoid(2), -sigmoid(2)],
    ["nonSaturating", -sigmoid(-1), sigmoid(2), -sigmoid(-2)],
    ["leastSquares", 0, 2, 1],
    ["wasserstein", -1, 1, -1],
    ["hinge", 0, 1, -1], // real is on the margin
    // With one score each, mean = score: both terms are softplus(fake - real).
    ["relativisticAverage", -2 * sigmoid(1), 2 * sigmoid(1), -2 * sigmoid(-1)],
    ["relativisticPaired", -sigmoid(1), sigmoid(1), -sigmoid(-1)],
  ];

  it.each(cases)("%s", (name, byReal, byFake, forG) => {
    const loss = LOSSES[name];
    const [dReal, dFake] = tf.grads((r: Tensor, f: Tensor) => loss.discriminator({ real: r, fake: f }))([
      column(1),
      column(2),
    ]);
    const dG = tf.grad((f: Tensor) => loss.generator({ real: column(1), fake: f }))(column(2));
    expect([value(dReal.reshape([])), value(dFake.reshape([])), value(dG.reshape([]))]).toBeAllclose(
      [byReal, byFake, forG],
      1e-6,
    );
  });
});

describe("at scores of +-1000 and +-100", () => {
  const extremes = [-1000, -100, 100, 1000];
  const all = Object.values<Loss>(LOSSES);

  it.each(all)("$name: values, first and second derivatives are finite", (loss) => {
    const of = (side: "discriminator" | "generator") => (r: Tensor, f: Tensor) => loss[side]({ real: r, fake: f });
    for (const side of ["discriminator", "generator"] as const)
      for (const r of extremes)
        for (const f of extremes) {
          const inputs = [column(r, 0), column(f, 0)];
          const total = (a: Tensor, b: Tensor) => tf.add(of(side)(a, b), tf.mul(0, tf.add(tf.sum(a), tf.sum(b))));
          const slope = (a: Tensor, b: Tensor) => {
            const [da, db] = tf.grads(total)([a, b]);
            // Zero times the inputs keeps the graph connected where a loss is linear.
            return tf.addN([tf.sum(tf.square(da)), tf.sum(tf.square(db)), tf.mul(0, tf.add(tf.sum(a), tf.sum(b)))]);
          };
          const numbers = [of(side)(inputs[0], inputs[1]), ...tf.grads(total)(inputs), ...tf.grads(slope)(inputs)];
          expect(numbers.flatMap((tensor) => [...tensor.dataSync()]).every(Number.isFinite)).toBe(true);
        }
  });

  it("nonSaturating: D is sure, so L_G is 1000 with slope -1, while minimax has slope 0", () => {
    expect(value(LOSSES.nonSaturating.generator({ fake: column(-1000) }))).toBe(1000);
    expect([
      ...tf
        .grad((f: Tensor) => LOSSES.nonSaturating.generator({ fake: f }))(column(-1000))
        .dataSync(),
    ]).toEqual([-1]);
    expect(
      tf
        .grad((f: Tensor) => LOSSES.minimax.generator({ fake: f }))(column(-1000))
        .dataSync()[0],
    ).toBeAllclose(0, 0, 0);
  });

  it("softplus'' is sigmoid (1 - sigmoid): 1/4 at 0, 3/16 at log 3", () => {
    const curvature = tf.grad((x: Tensor) => tf.sum(tf.grad((y: Tensor) => tf.sum(tf.softplus(y)))(x)));
    expect(curvature(column(0, Math.log(3))).dataSync()).toBeAllclose([1 / 4, 3 / 16], 1e-5);
  });
});

describe("shapes", () => {
  const all = Object.values<Loss>(LOSSES);

  it.each(all)("$name: the mean runs over patches too", (loss) => {
    const scores = [0.3, -1, 2, 0.5, 1, -2, 0.1, 0.7];
    const flat = { real: column(...scores), fake: column(...[...scores].reverse()) };
    const patches = { real: tf.reshape(flat.real, [2, 2, 2, 1]), fake: tf.reshape(flat.fake, [2, 2, 2, 1]) };
    expect(value(loss.discriminator(patches))).toBeAllclose(value(loss.discriminator(flat)), 1e-6);
    expect(value(loss.generator(patches))).toBeAllclose(value(loss.generator(flat)), 1e-6);
  });

  it.each(all)("$name: [2,1] against [2], which would broadcast, is refused", (loss) => {
    expect(codeOf(() => loss.discriminator({ real: column(1, 2), fake: tf.tensor1d([1, 2]) }))).toBe("SHAPE_MISMATCH");
  });

  it.each([LOSSES.relativisticAverage, LOSSES.relativisticPaired])(
    "$name: generator() asks for real scores",
    (loss) => {
      expect(() => loss.generator({ fake: column(1) })).toThrow(
        /must get the scores of real images.*got \{ fake \} only/,
      );
      expect(codeOf(() => loss.generator({ fake: column(1) }))).toBe("BAD_PLUGIN");
      expect(codeOf(() => loss.generator({ real: column(1, 2), fake: column(1) }))).toBe("SHAPE_MISMATCH");
    },
  );
});

describe("leastSquares", () => {
  it("a = -1, b = 1, c = 0 at real 3, fake 2: D (4 + 9) / 2, G 4 / 2", () => {
    const loss = leastSquares({ a: -1, b: 1, c: 0 });
    expect(value(loss.discriminator({ real: column(3), fake: column(2) }))).toBe(6.5);
    expect(value(loss.generator({ fake: column(2) }))).toBe(2);
  });

  it("refuses a target that is not finite", () => {
    expect(() => leastSquares({ b: Number.NaN })).toThrow("[loss/leastSquares] b must be a finite number, got NaN");
  });
});

describe("lossByName", () => {
  it("finds every loss under its own name", () => {
    for (const name of LOSS_NAMES) expect(lossByName(name).name).toBe(name);
  });

  it("names the nearest loss when there is none", () => {
    expect(() => lossByName("wassertein")).toThrow('there is no loss "wassertein"; did you mean "wasserstein"?');
    expect(codeOf(() => lossByName("toString"))).toBe("UNKNOWN_NAME");
  });
});
