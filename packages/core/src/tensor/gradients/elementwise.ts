/** @file Element-wise arithmetic: broadcasting undone, and derivatives that exist at the edges of the domain. */
import * as tf from "@tensorflow/tfjs";
import { detached, gradientOf, mask, unbroadcast } from "./registry.js";

const exp = gradientOf(tf.Exp, { inputs: ["x"] }, (dy, [x]) => ({ x: () => tf.mul(dy, tf.exp(x)) }));

/** d x^(-1/2) / dx = -y^3 / 2 */
const rsqrt = gradientOf(tf.Rsqrt, { inputs: ["x"] }, (dy, [x]) => ({
  x: () => {
    const y = tf.rsqrt(x);
    return tf.mul(dy, tf.mul(-0.5, tf.mul(y, tf.square(y))));
  },
}));

/** Zero at zero, as everybody takes the subgradient of |x|. */
const abs = gradientOf(tf.Abs, { inputs: ["x"] }, (dy, [x]) => {
  const sign = (): tf.Tensor => tf.sign(tf.cast(x, "float32"));
  return { x: () => tf.mul(dy, detached(sign)) };
});

/**
 * d a^b / da = b a^(b-1), where the exponent is lifted to 1 for b = 0: then 0 * 0^(-1) is 0 and not NaN, at every order.
 * d a^b / db = a^b log a, and 0 for a <= 0.
 */
const pow = gradientOf(tf.Pow, { inputs: ["a", "b"] }, (dy, [a, b]) => {
  const base = tf.cast(a, "float32");
  const exponent = tf.cast(b, "float32");
  return {
    a: () => {
      const lift = detached(() => tf.sub(tf.mul(2, tf.cast(tf.equal(exponent, 0), "float32")), 1));
      return unbroadcast(tf.mul(dy, tf.mul(exponent, tf.pow(base, tf.add(exponent, lift)))), a.shape);
    },
    b: () => {
      const positive = mask(() => tf.greater(base, 0));
      const log = tf.log(tf.add(tf.mul(base, positive), tf.sub(1, positive)));
      return unbroadcast(tf.mul(dy, tf.mul(tf.pow(base, exponent), log)), b.shape);
    },
  };
});

type Compare = (a: tf.Tensor, b: tf.Tensor) => tf.Tensor;

/** The whole gradient goes to the operand that was chosen, to `a` where both are equal. */
const chosen = (kernelName: string, choosesA: Compare): tf.GradConfig =>
  gradientOf(kernelName, { inputs: ["a", "b"] }, (dy, [a, b]) => {
    const aChosen = (): tf.Tensor => choosesA(a, b);
    const bChosen = (): tf.Tensor => tf.logicalNot(choosesA(a, b));
    return {
      a: () => unbroadcast(tf.mul(dy, mask(aChosen)), a.shape),
      b: () => unbroadcast(tf.mul(dy, mask(bChosen)), b.shape),
    };
  });

const clipByValue = gradientOf<tf.ClipByValueAttrs>(tf.ClipByValue, { inputs: ["x"] }, (dy, [x], attrs) => {
  const inside = (): tf.Tensor =>
    tf.logicalAnd(tf.greaterEqual(x, attrs.clipValueMin), tf.lessEqual(x, attrs.clipValueMax));
  return { x: () => tf.mul(dy, mask(inside)) };
});

const squaredDifference = gradientOf(tf.SquaredDifference, { inputs: ["a", "b"] }, (dy, [a, b]) => {
  const gradient = (): tf.Tensor => tf.mul(dy, tf.mul(2, tf.sub(a, b)));
  return { a: () => unbroadcast(gradient(), a.shape), b: () => unbroadcast(tf.neg(gradient()), b.shape) };
});

/** Selects instead of multiplying by a mask: an infinity in the branch not taken stays out. */
const select = gradientOf(tf.Select, { inputs: ["condition"] }, (dy, [condition]) => {
  const taken = detached(() => tf.clone(condition));
  return {
    condition: () => tf.zeros(condition.shape),
    t: () => tf.where(taken, dy, tf.zerosLike(dy)),
    e: () => tf.where(taken, tf.zerosLike(dy), dy),
  };
});

export const elementwiseGradients = [
  exp,
  rsqrt,
  abs,
  pow,
  chosen(tf.Maximum, tf.greaterEqual),
  chosen(tf.Minimum, tf.lessEqual),
  clipByValue,
  squaredDifference,
  select,
];
