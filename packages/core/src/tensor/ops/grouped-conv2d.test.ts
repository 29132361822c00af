import { expect, test } from "vitest";
import { GanError } from "../../errors.js";
import { checkGradients, pointOf } from "../../testing/finite-differences.js";
import { tf, type Tensor } from "../tf.js";
import { groupedConv2d } from "./grouped-conv2d.js";

await tf.setBackend("cpu");

test("two groups of 1x1: out 0 = 1 a + 2 b, out 1 = 3 c + 4 d for channels a, b, c, d = 1, 10, 100, 1000", () => {
  const x = tf.tensor4d([1, 10, 100, 1000], [1, 1, 1, 4]);
  const filter = tf.tensor4d([1, 3, 2, 4], [1, 1, 2, 2]); // [1,1,in of a group,out]
  expect([...groupedConv2d(x, filter, { groups: 2 }).dataSync()]).toEqual([21, 4300]);
});

test("as many groups as channels, two filters each: outputs a 1, a 2, b 3, b 4", () => {
  const x = tf.tensor4d([1, 10], [1, 1, 1, 2]);
  const filter = tf.tensor4d([1, 2, 3, 4], [1, 1, 1, 4]);
  expect([...groupedConv2d(x, filter, { groups: 2 }).dataSync()]).toEqual([1, 2, 30, 40]);
});

test.each([
  ["1 group", 1, [3, 3, 4, 2]],
  ["2 groups, dilated", 2, [2, 2, 2, 4]],
  ["4 groups", 4, [3, 3, 1, 8]],
] as const)("%s: the tape agrees with central differences, first and second order", (_, groups, shape) => {
  const conv = (x: Tensor, w: Tensor): Tensor =>
    tf.square(groupedConv2d(x, w, { groups, dilations: groups === 2 ? 2 : 1, strides: groups === 4 ? 2 : 1 }));
  expect(checkGradients(conv, [pointOf([1, 3, 4, 4]), pointOf(shape, 1)], { rtol: 3e-2, atol: 1e-2 })).toEqual([]);
});

test("a filter for other channels is refused", () => {
  const call = () => groupedConv2d(tf.zeros([1, 2, 2, 4]), tf.zeros([1, 1, 3, 2]), { groups: 2 });
  expect(call).toThrow(GanError);
  expect(call).toThrow(/^\[groupedConv2d\] the filter must be \[kh,kw,4\/groups,filters\]/u);
});
