import { tf } from "@gan-arena/core";
import { expect, test } from "vitest";
import { broadcastStyles, crossOver, mixStyles } from "./mixing.js";

await tf.setBackend("cpu");

const first = tf.tensor2d([[1], [2], [3]]); // w of three samples, wDim 1
const second = tf.tensor2d([[10], [20], [30]]);

test("broadcastStyles repeats w for every layer", () => {
  expect(broadcastStyles(first, 2).arraySync()).toEqual([
    [[1], [1]],
    [[2], [2]],
    [[3], [3]],
  ]);
});

test("crossOver from layer 1 before layer 3 of 4", () => {
  const ws = crossOver(first, second, { styles: 4, from: 1, to: 3 });
  expect(ws.shape).toEqual([3, 4, 1]);
  expect([...ws.dataSync()]).toEqual([1, 10, 10, 1, 2, 20, 20, 2, 3, 30, 30, 3]);
});

test("mixStyles: not mixed at chance 0.95 of probability 0.9; else from layer 1 + floor(where * 3): 1 for 0, 3 for 0.99", () => {
  const chance = tf.tensor2d([
    [0.95, 0.5],
    [0.1, 0],
    [0.89, 0.99],
  ]);
  const ws = mixStyles(first, second, { chance, styles: 4, probability: 0.9 });
  expect([...ws.dataSync()]).toEqual([1, 1, 1, 1, 2, 20, 20, 20, 3, 3, 3, 30]);
});

test("probability 0 never mixes", () => {
  const chance = tf.zeros([3, 2]);
  const ws = mixStyles(first, second, { chance, styles: 2, probability: 0 });
  expect([...ws.dataSync()]).toEqual([1, 1, 2, 2, 3, 3]);
});
