/** @file Perceptrons with three hidden layers on the ring of Gaussians. */
import { heNormal, tf } from "@gan-arena/core";
import { ring } from "@gan-arena/datasets";
import { gameOf } from "./games.mjs";

export async function openPoints({ name, width, loss, nCritic, gpLambda }) {
  const perceptron = (outputs) => (nn, input) => {
    let h = input;
    for (let layer = 0; layer < 3; layer++) h = tf.relu(nn.dense(h, width, { init: heNormal() }));
    return nn.dense(h, outputs, { init: heNormal() });
  };
  const networks = () => ({ G: perceptron(2), D: perceptron(1) });
  const variant = gameOf({ name, loss, nCritic, gpLambda, lr: 1e-4, zDim: 2, networks });
  return { variant, data: await ring.open(ring.config.parse({}), { home: "." }) };
}
