import { expect, test } from "vitest";
import { tf, type Tensor } from "../tensor/tf.js";
import { record } from "./recorder.js";

const identity = (x: Tensor): Tensor => x;

test("records the loss's own calls, real by identity with the batch, and none made inside a gradient, taped or not", () => {
  const x = tf.ones([2, 1]);
  const nets = { D: (input: Tensor) => tf.square(input), G: (input: Tensor) => tf.mul(2, input) };
  const play = () => {
    const recorder = record({ nets, critics: ["D"], batches: [x], see: identity, answer: identity });
    const { D, G } = recorder.nets;
    D(x);
    D(G(x));
    D(tf.clone(x));
    tf.grad((input: Tensor) => tf.sum(D(input)))(x);
    return recorder.calls.map(({ critic, real }) => [critic, real]);
  };
  const expected = [["D", true], ["D", false], ["D", false]]; // prettier-ignore
  expect(play()).toEqual(expected);
  // The arena runs the loss under a tape of its own.
  let taped: unknown;
  tf.grad((w: Tensor) => {
    taped = play();
    return tf.sum(w);
  })(tf.ones([1]));
  expect(taped).toEqual(expected);
});

test("a critic sees what `see` makes of its input, in penalties too, and the loss gets what `answer` makes of the scores", () => {
  const recorder = record({
    nets: { D: identity },
    critics: ["D"],
    batches: [],
    see: (x) => tf.mul(3, x),
    answer: (scores) => tf.add(scores, 100),
  });
  const x = tf.tensor([[1]]);
  expect(recorder.nets["D"](x).dataSync()[0]).toBe(103);
  expect(recorder.calls[0].scores.dataSync()[0]).toBe(3);
  expect(
    tf
      .grad((input: Tensor) => tf.sum(recorder.nets["D"](input)))(x)
      .dataSync()[0],
  ).toBe(3);
});
