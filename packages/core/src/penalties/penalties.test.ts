import { describe, expect, it } from "vitest";
import { GanError } from "../errors.js";
import { tf, type Tensor } from "../tensor/tf.js";
import { dragan, gradientPenalty } from "./gradient-penalty.js";
import type { Critic } from "./input-gradient.js";
import { lecam } from "./lecam.js";
import { pathLength } from "./path-length.js";
import { r1, r2 } from "./r1-r2.js";

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

/** D(x) = ||x||^2 / 2, whose gradient is x itself. */
const bowl: Critic = (x) => tf.mul(0.5, tf.sum(tf.square(tf.reshape(x, [x.shape[0], -1])), 1, true));
const steep =
  (slope: number): Critic =>
  (x) =>
    tf.mul(slope, x);
const ORIGIN = tf.zeros([4, 1]);

describe("gradientPenalty", () => {
  it("norms are per sample: rows (3,4) and (0.6,0.8) have norms 5 and 1, so ((5-1)^2 + 0) / 2 = 8", () => {
    const x = tf.tensor2d([
      [3, 4],
      [0.6, 0.8],
    ]);
    expect(value(gradientPenalty(bowl, x))).toBeAllclose(8, 1e-6);
  });

  it("norms run over all features of an image: [1,2,2,1] of ones has norm 2", () => {
    expect(value(gradientPenalty(bowl, tf.ones([1, 2, 2, 1])))).toBeAllclose(1, 1e-6);
  });

  it("scores of a patch critic are summed per sample: two patches of slope 2 have slope 4", () => {
    const patches: Critic = (x) => tf.concat([tf.mul(2, x), tf.mul(2, x)], 1);
    expect(value(gradientPenalty(patches, ORIGIN))).toBeAllclose(9, 1e-6);
  });

  it.each([
    // slope, target, two-sided, one-sided
    [3, 1, 4, 4],
    [0.5, 1, 0.25, 0],
    [3, 5, 4, 0],
    [-3, 0, 9, 9],
  ])("slope %d, target %d: two-sided %d, one-sided %d", (slope, target, two, one) => {
    expect(value(gradientPenalty(steep(slope), ORIGIN, { target }))).toBeAllclose(two, 1e-6);
    expect(value(gradientPenalty(steep(slope), ORIGIN, { target, sided: "one" }))).toBeAllclose(one, 1e-6);
  });

  it("of a linear critic of weights (3,4) descends along 2 (5 - 1) (0.6, 0.8)", () => {
    const penalty = (w: Tensor) => gradientPenalty((x) => tf.matMul(x, tf.reshape(w, [2, 1])), tf.ones([3, 2]));
    expect(
      tf
        .grad(penalty)(tf.tensor1d([3, 4]))
        .dataSync(),
    ).toBeAllclose([4.8, 6.4], 1e-5);
  });

  it("of a flat critic is 1 and has gradient 0, not NaN", () => {
    const penalty = (w: Tensor) => gradientPenalty((x) => tf.matMul(x, tf.reshape(w, [2, 1])), tf.ones([3, 2]));
    expect(value(penalty(tf.zeros([2])))).toBeAllclose(1, 1e-5);
    expect([
      ...tf
        .grad(penalty)(tf.zeros([2]))
        .dataSync(),
    ]).toEqual([0, 0]);
  });

  it("with target 0 is exactly 0 for a flat critic: there is no root, so no epsilon", () => {
    expect(value(gradientPenalty(steep(0), ORIGIN, { target: 0 }))).toBe(0);
  });

  it.each([-1, Number.NaN, Infinity])("refuses target %d", (target) => {
    expect(codeOf(() => gradientPenalty(bowl, ORIGIN, { target }))).toBe("BAD_CONFIG");
  });

  it("says that the critic does not look at its input", () => {
    expect(() => gradientPenalty(() => tf.ones([4, 1]), ORIGIN)).toThrow(
      /^\[penalty\/gradientPenalty\] the result must depend on the input/,
    );
    expect(codeOf(() => gradientPenalty(() => tf.ones([4, 1]), ORIGIN))).toBe("BAD_PLUGIN");
  });

  it("lets the critic's own GanError through, and refuses an input without features", () => {
    const own = new GanError("BAD_CONFIG", "[D] mine");
    const failing: Critic = () => {
      throw own;
    };
    expect(() => gradientPenalty(failing, ORIGIN)).toThrow(own);
    expect(codeOf(() => gradientPenalty(bowl, tf.ones([4])))).toBe("SHAPE_MISMATCH");
  });
});

describe("r1 and r2", () => {
  it("gamma 10 at rows of squared norm 25 and 1: 10/2 * 13 = 65", () => {
    const x = tf.tensor2d([
      [3, 4],
      [0.6, 0.8],
    ]);
    expect(value(r1(bowl, x, { gamma: 10 }))).toBeAllclose(65, 1e-6);
    expect(value(r2(bowl, x, { gamma: 10 }))).toBeAllclose(65, 1e-6);
  });

  it("is gamma/2 times the zero-centred gradient penalty", () => {
    const x = tf.tensor2d([[1, -2, 0.5]]);
    expect(value(r1(bowl, x, { gamma: 3 }))).toBeAllclose(1.5 * value(gradientPenalty(bowl, x, { target: 0 })), 1e-6);
  });

  it("on Dirac-GAN, D(x) = psi x: gamma/2 psi^2, whose slope is gamma psi", () => {
    const penalty = (psi: Tensor) => r1((x) => tf.mul(psi, x), ORIGIN, { gamma: 4 });
    expect(value(penalty(tf.scalar(3)))).toBeAllclose(18, 1e-6);
    expect(value(tf.grad(penalty)(tf.scalar(3)))).toBeAllclose(12, 1e-6);
  });

  it("refuses a negative gamma under its own name", () => {
    expect(() => r2(bowl, ORIGIN, { gamma: -1 })).toThrow("[penalty/r2] gamma must be a number >= 0, got -1");
  });
});

describe("dragan", () => {
  it("x = (0, 2) has std 1; noise (1, 2) at scale 0.5 leads to 0.5 and 3: ((0.5-1)^2 + (3-1)^2) / 2 = 2.125", () => {
    const x = tf.tensor2d([[0], [2]]);
    expect(value(dragan(bowl, x, tf.tensor2d([[1], [2]])))).toBeAllclose(2.125, 1e-6);
    // At scale 0 the points are x: (1 + 1) / 2; with target 3: (9 + 1) / 2.
    expect(value(dragan(bowl, x, tf.tensor2d([[1], [2]]), { scale: 0 }))).toBeAllclose(1, 1e-5);
    expect(value(dragan(bowl, x, tf.tensor2d([[1], [2]]), { scale: 0, target: 3 }))).toBeAllclose(5, 1e-5);
  });
});

describe("lecam", () => {
  const inputs = () => ({
    real: tf.tensor2d([[2], [4]]),
    fake: tf.tensor2d([[-1], [1]]),
    realMean: tf.scalar(1),
    fakeMean: tf.scalar(-2),
  });

  it("((2+2)^2 + (4+2)^2) / 2 + ((-1-1)^2 + 0) / 2 = 28; means 0.9 * 1 + 0.1 * 3 and 0.9 * -2 + 0", () => {
    const { penalty, realMean, fakeMean } = lecam(inputs(), { decay: 0.9 });
    expect(value(penalty)).toBeAllclose(28, 1e-6);
    expect(value(realMean)).toBeAllclose(1.2, 1e-6);
    expect(value(fakeMean)).toBeAllclose(-1.8, 1e-6);
  });

  it("takes the means as constants: the slope by real scores is 2 (score + 2) / 2", () => {
    const slope = tf.grad((real: Tensor) => lecam({ ...inputs(), real }).penalty)(inputs().real);
    expect(slope.dataSync()).toBeAllclose([4, 6], 1e-6);
  });

  it("refuses decay 1", () => {
    expect(codeOf(() => lecam(inputs(), { decay: 1 }))).toBe("BAD_CONFIG");
  });
});

describe("pathLength", () => {
  // One pixel row of 4 pixels, linear in w: J = A^T, so J^T y = A y / sqrt(4).
  const A = [
    [6, 0, 0, 0],
    [0, 8, 0, 0],
  ];
  const G = (w: Tensor) => tf.reshape(tf.matMul(w, tf.tensor2d(A)), [-1, 2, 2, 1]);
  const noise = tf.tensor4d([1, 1, 5, 5, 2, 2, 5, 5], [2, 2, 2, 1]);

  it("y = (1,1,…) and (2,2,…) give lengths |(3,4)| = 5 and 10; a = 2 + 0.5 (7.5 - 2) = 4.75; (0.25^2 + 5.25^2) / 2", () => {
    const result = pathLength(G, tf.ones([2, 2]), { noise, mean: tf.scalar(2), decay: 0.5 });
    expect(value(result.length)).toBeAllclose(7.5, 1e-6);
    expect(value(result.mean)).toBeAllclose(4.75, 1e-6);
    expect(value(result.penalty)).toBeAllclose((0.25 ** 2 + 5.25 ** 2) / 2, 1e-5);
  });

  it("takes a decay that changes from play to play: 1 makes the mean that of the batch, (2.5^2 + 2.5^2) / 2", () => {
    const result = pathLength(G, tf.ones([2, 2]), { noise, mean: tf.scalar(2), decay: tf.scalar(1) });
    expect(value(result.mean)).toBeAllclose(7.5, 1e-6);
    expect(value(result.penalty)).toBeAllclose(6.25, 1e-5);
  });

  it("has a gradient through the latents too: G(w) = w^2 / 2 at w = 3 v, so the length is |3 v y| and d/dv is 2 (3 - 1) 3 at v = 1", () => {
    const penalty = (v: Tensor) =>
      pathLength((w) => tf.reshape(tf.mul(0.5, tf.square(w)), [1, 1, 1, 1]), tf.reshape(tf.mul(3, v), [1, 1]), {
        noise: tf.ones([1, 1, 1, 1]),
        mean: tf.scalar(1),
        decay: 1e-9,
      }).penalty;
    expect(value(penalty(tf.scalar(1)))).toBeAllclose(4, 1e-5);
    expect(tf.grad(penalty)(tf.scalar(1)).dataSync()).toBeAllclose([12], 1e-5);
  });

  it("with one w per layer squares are averaged over layers: |(3,4)|^2 in both of two layers is length 5", () => {
    const perLayer = (w: Tensor) =>
      tf.add(
        G(tf.squeeze(tf.slice(w, [0, 0, 0], [-1, 1, 2]), [1])),
        G(tf.squeeze(tf.slice(w, [0, 1, 0], [-1, 1, 2]), [1])),
      );
    const one = tf.tensor4d([1, 1, 5, 5], [1, 2, 2, 1]);
    const { length } = pathLength(perLayer, tf.ones([1, 2, 2]), { noise: one, mean: tf.scalar(0) });
    expect(value(length)).toBeAllclose(5, 1e-6);
  });

  it("refuses noise of another shape and w without a batch", () => {
    expect(codeOf(() => pathLength(G, tf.ones([2, 2]), { noise: tf.ones([1, 2, 2, 1]), mean: tf.scalar(0) }))).toBe(
      "SHAPE_MISMATCH",
    );
    expect(codeOf(() => pathLength(G, tf.ones([2]), { noise, mean: tf.scalar(0) }))).toBe("SHAPE_MISMATCH");
  });
});

describe("second order: gradients by the weights of a tanh net equal central differences in float64", () => {
  // f(x) = v . tanh(W x), df/dx = W^T (v (1 - tanh^2)); 2 inputs, 3 hidden units, theta = [W by rows, v].
  const theta = [0.5, -0.3, 0.8, 0.2, -0.6, 0.9, 1.2, -0.7, 0.4];
  const points = [
    [0.3, -0.8],
    [-1.1, 0.4],
  ];
  const net = (weights: Tensor) => (x: Tensor) => {
    const W = tf.reshape(tf.slice(weights, [0], [6]), [3, 2]);
    const v = tf.reshape(tf.slice(weights, [6], [3]), [3, 1]);
    return tf.matMul(tf.tanh(tf.matMul(x, W, false, true)), v);
  };
  const gradientAt = (weights: readonly number[], [x0, x1]: readonly number[]): [number, number] => {
    let g0 = 0;
    let g1 = 0;
    for (let h = 0; h < 3; h++) {
      const w0 = weights[2 * h];
      const w1 = weights[2 * h + 1];
      const slope = weights[6 + h] * (1 - Math.tanh(w0 * x0 + w1 * x1) ** 2);
      g0 += slope * w0;
      g1 += slope * w1;
    }
    return [g0, g1];
  };
  const squares = (weights: readonly number[]) =>
    points.map((x) => gradientAt(weights, x)).map(([a, b]) => a * a + b * b);
  const mean = (numbers: readonly number[]) => numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
  const slopes = (f: (weights: readonly number[]) => number): number[] =>
    theta.map((_, i) => {
      const moved = (step: number) => f(theta.map((weight, j) => (i === j ? weight + step : weight)));
      return (moved(1e-5) - moved(-1e-5)) / 2e-5;
    });
  const pathPenalty = (weights: readonly number[]) => {
    const lengths = squares(weights).map(Math.sqrt);
    const a = 0.2 + 0.5 * (mean(lengths) - 0.2);
    return mean(lengths.map((length) => (length - a) ** 2));
  };

  const x = tf.tensor2d(points);
  const cases: [string, (weights: Tensor) => Tensor, (weights: readonly number[]) => number][] = [
    ["gradientPenalty", (w) => gradientPenalty(net(w), x), (w) => mean(squares(w).map((s) => (Math.sqrt(s) - 1) ** 2))],
    [
      "gradientPenalty, one-sided",
      (w) => gradientPenalty(net(w), x, { target: 0.3, sided: "one" }),
      (w) => mean(squares(w).map((s) => Math.max(0, Math.sqrt(s) - 0.3) ** 2)),
    ],
    ["r1", (w) => r1(net(w), x, { gamma: 7 }), (w) => 3.5 * mean(squares(w))],
    [
      "pathLength",
      (w) => pathLength(net(w), x, { noise: tf.ones([2, 1]), mean: tf.scalar(0.2), decay: 0.5 }).penalty,
      pathPenalty,
    ],
  ];

  it.each(cases)("%s", (_, inTensors, inFloat64) => {
    const weights = tf.tensor1d(theta);
    expect(value(inTensors(weights))).toBeAllclose(inFloat64(theta), 1e-5);
    expect(tf.grad(inTensors)(weights).dataSync()).toBeAllclose(slopes(inFloat64), 1e-4, 1e-6);
  });

  it("leaves no tensor behind", () => {
    const weights = tf.tensor1d(theta);
    const before = tf.memory().numTensors;
    tf.dispose(tf.grad((w: Tensor) => gradientPenalty(net(w), x))(weights));
    tf.dispose(tf.tidy(() => r1(net(weights), x, { gamma: 1 })));
    expect(tf.memory().numTensors).toBe(before);
  });
});
