import { describe, expect, it } from "vitest";
import { tf, type Tensor } from "../tensor/tf.js";
import { adam, type AdamOptions } from "./adam.js";
import type { OptimizerSpec, Progress } from "./optimizer.js";
import { rmsprop } from "./rmsprop.js";
import { linearDecay } from "./schedules.js";
import { momentum, sgd } from "./sgd.js";

const progress = (update: number): Progress => ({ update, kimg: update - 1, totalKimg: 10 });

/** Plays `gradients` as the arena does: slots from zero, scalars as 0-D tensors. @returns the parameters after each step */
function play(
  optimizer: OptimizerSpec,
  start: readonly number[],
  gradients: readonly (readonly number[])[],
): number[][] {
  let params: Tensor = tf.tensor1d([...start]);
  let slots: Readonly<Record<string, Tensor>> = Object.fromEntries(
    optimizer.slots.map((name) => [name, tf.zeros([start.length])]),
  );
  return gradients.map((gradient, i) => {
    const scalars = Object.fromEntries(
      Object.entries(optimizer.scalars(progress(i + 1))).map(([name, number]) => [name, tf.scalar(number)]),
    );
    ({ params, slots } = optimizer.step({ params, grads: tf.tensor1d([...gradient]), slots, scalars }));
    expect(Object.keys(slots).sort()).toEqual([...optimizer.slots].sort());
    return [...params.dataSync()];
  });
}

describe("three steps by hand, one parameter from 1 with gradients 1, 2, -1", () => {
  const gradients = [[1], [2], [-1]];
  const path = (optimizer: OptimizerSpec) => play(optimizer, [1], gradients).flat();

  it("sgd, lr 0.1: 1 - 0.1, - 0.2, + 0.1", () => {
    expect(path(sgd({ lr: 0.1 }))).toBeAllclose([0.9, 0.7, 0.8], 1e-6);
  });

  it("sgd with linear decay over 10 kimg: factors 1, 0.9, 0.8", () => {
    expect(path(sgd({ lr: 0.1, schedule: linearDecay() }))).toBeAllclose([0.9, 0.72, 0.8], 1e-6);
  });

  it("momentum 0.5, lr 0.1: velocities 1, 2.5, 0.25", () => {
    expect(path(momentum({ lr: 0.1, momentum: 0.5 }))).toBeAllclose([0.9, 0.65, 0.625], 1e-6);
  });

  it("nesterov 0.5, lr 0.1: directions 1 + 0.5, 2 + 1.25, -1 + 0.125", () => {
    expect(path(momentum({ lr: 0.1, momentum: 0.5, nesterov: true }))).toBeAllclose([0.85, 0.525, 0.6125], 1e-6);
  });

  it("rmsprop, alpha 0.75, lr 0.1: v = 1/4, 19/16, 73/64", () => {
    const first = 1 - 0.1 / (1 / 2);
    const second = first - 0.2 / Math.sqrt(19 / 16);
    expect(path(rmsprop({ lr: 0.1, alpha: 0.75 }))).toBeAllclose(
      [first, second, second + 0.1 / Math.sqrt(73 / 64)],
      1e-6,
    );
  });

  it("adam, betas 0.5 and 0.75, lr 0.1: m = 1/2, 5/4, 1/8 over 1/2, 3/4, 7/8; v = 1/4, 19/16, 73/64 over 1/4, 7/16, 37/64", () => {
    // Corrected m: 1, 5/3, 1/7; corrected v: 1, 19/7, 73/37.
    const first = 1 - 0.1;
    const second = first - (0.1 * (5 / 3)) / Math.sqrt(19 / 7);
    const third = second - 0.1 / 7 / Math.sqrt(73 / 37);
    expect(path(adam({ lr: 0.1, beta1: 0.5, beta2: 0.75 }))).toBeAllclose([first, second, third], 1e-6);
  });
});

describe("against scalar definitions in float64", () => {
  const start = [0.7, -1.3, 0, 2.5, 1e-3];
  const gradients = Array.from({ length: 40 }, (_, t) => start.map((_, i) => Math.sin(3 * t + 7 * i) * 10 ** (i - 3)));

  /** Each parameter on its own, in plain numbers. */
  const expected = (update: (theta: number, g: number, t: number, memory: number[]) => number): number[] =>
    start.map((theta0, i) => {
      const memory = [0, 0];
      return gradients.reduce((theta, gradient, t) => update(theta, gradient[i], t + 1, memory), theta0);
    });
  const last = (optimizer: OptimizerSpec) => play(optimizer, start, gradients).at(-1) as number[];

  const adamW = ({ lr, beta1 = 0.9, beta2 = 0.999, eps = 1e-8, weightDecay = 0 }: AdamOptions) =>
    expected((theta, g, t, memory) => {
      memory[0] = beta1 * memory[0] + (1 - beta1) * g;
      memory[1] = beta2 * memory[1] + (1 - beta2) * g * g;
      const mHat = memory[0] / (1 - beta1 ** t);
      const vHat = memory[1] / (1 - beta2 ** t);
      return theta - lr * weightDecay * theta - (lr * mHat) / (Math.sqrt(vHat) + eps);
    });

  it.each<AdamOptions>([
    { lr: 1e-2 },
    { lr: 2e-4, beta1: 0.5 },
    { lr: 1e-4, beta1: 0, beta2: 0.9 },
    { lr: 1e-2, eps: 0.3 }, // large enough to show on which side of the root it is
    { lr: 1e-2, weightDecay: 0.1 },
  ])("adam(%o)", (options) => {
    expect(last(adam(options))).toBeAllclose(adamW(options), 1e-5, 1e-6);
  });

  it("rmsprop with its defaults, and with a large eps", () => {
    for (const eps of [1e-8, 0.3]) {
      const numbers = expected((theta, g, _, memory) => {
        memory[0] = 0.99 * memory[0] + 0.01 * g * g;
        return theta - (1e-3 * g) / (Math.sqrt(memory[0]) + eps);
      });
      expect(last(rmsprop({ lr: 1e-3, eps }))).toBeAllclose(numbers, 1e-5, 1e-6);
    }
  });

  it("momentum with its default 0.9", () => {
    const numbers = expected((theta, g, _, memory) => {
      memory[0] = 0.9 * memory[0] + g;
      return theta - 1e-3 * memory[0];
    });
    expect(last(momentum({ lr: 1e-3 }))).toBeAllclose(numbers, 1e-5, 1e-6);
  });

  it("zero gradients leave parameters as they are, bit for bit", () => {
    const still = [start.map(() => 0), start.map(() => 0)];
    for (const optimizer of [sgd({ lr: 1 }), momentum({ lr: 1 }), rmsprop({ lr: 1 }), adam({ lr: 1 })])
      expect(play(optimizer, start, still).at(-1)).toEqual(start.map(Math.fround));
  });
});

describe("scaled(c), for lazy regularisation with c = 16/17", () => {
  const c = 16 / 17;
  const schedule = linearDecay();
  const pairs: [OptimizerSpec, OptimizerSpec][] = [
    [
      adam({ lr: 2e-3, beta1: 0.5, beta2: 0.99, eps: 0.1, weightDecay: 0.2, schedule }),
      adam({ lr: 2e-3 * c, beta1: 0.5 ** c, beta2: 0.99 ** c, eps: 0.1, weightDecay: 0.2, schedule }),
    ],
    [sgd({ lr: 0.1, schedule }), sgd({ lr: 0.1 * c, schedule })],
    [
      momentum({ lr: 0.1, momentum: 0.8, nesterov: true, schedule }),
      momentum({ lr: 0.1 * c, momentum: 0.8 ** c, nesterov: true, schedule }),
    ],
    [
      rmsprop({ lr: 0.1, alpha: 0.9, eps: 0.1, schedule }),
      rmsprop({ lr: 0.1 * c, alpha: 0.9 ** c, eps: 0.1, schedule }),
    ],
  ];

  it.each(pairs)("is the optimiser of rate lr c and betas^c, with the same schedule and eps: $name", (whole, lazy) => {
    const gradients = [
      [1, -2],
      [0.5, 0.1],
      [-3, 4],
    ];
    expect(play(whole.scaled(c), [1, 2], gradients)).toEqual(play(lazy, [1, 2], gradients));
    for (const update of [1, 2, 50])
      expect(whole.scaled(c).scalars(progress(update))).toEqual(lazy.scalars(progress(update)));
  });

  it("leaves beta1 = 0 at 0", () => {
    expect(adam({ lr: 1, beta1: 0 }).scaled(c).scalars(progress(1))["stepSize"]).toBe(c);
  });
});

describe("what is refused", () => {
  it.each([
    [() => sgd({ lr: 0 }), "[optimizer/sgd] lr must be a finite number > 0, got 0; change lr"],
    [() => momentum({ lr: 1, momentum: 1 }), "[optimizer/momentum] momentum must be in [0,1), got 1; change momentum"],
    [() => rmsprop({ lr: 1, alpha: -0.1 }), "[optimizer/rmsprop] alpha must be in [0,1), got -0.1; change alpha"],
    [() => adam({ lr: Number.NaN }), "[optimizer/adam] lr must be a finite number > 0, got NaN; change lr"],
    [() => adam({ lr: 1, beta2: 1 }), "[optimizer/adam] beta2 must be in [0,1), got 1; change beta2"],
    [() => adam({ lr: 1, eps: 0 }), "[optimizer/adam] eps must be a finite number > 0, got 0; change eps"],
    [
      () => adam({ lr: 1, weightDecay: -1 }),
      "[optimizer/adam] weightDecay must be a finite number >= 0, got -1; change weightDecay",
    ],
  ])("%s", (make, message) => {
    expect(make).toThrow(message);
  });

  it("a schedule that gives NaN", () => {
    expect(() => adam({ lr: 1, schedule: () => Number.NaN }).scalars(progress(3))).toThrow(
      "[optimizer/adam] schedule at 2 kimg must be a finite number >= 0, got NaN",
    );
  });
});
