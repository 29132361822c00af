/**
 * @file The cases in tfjs-node, eager, as its users write them with variables and `optimizer.minimize`.
 *
 *     node tfjs-node-peer.mjs '{"networks":"digits","width":64,…}'
 *
 * Equal to ours in work, but for batch normalisation, which keeps no running statistics here. Pictures lie in memory as
 * bytes and are gathered by index.
 */
import { createRequire } from "node:module";
import { join } from "node:path";
import { TFJS_NODE_HOME } from "../lib/places.mjs";
import { serve } from "../lib/protocol.mjs";

const require = createRequire(join(TFJS_NODE_HOME, "package.json"));
const tf = require("@tensorflow/tfjs-node");

const SLOPE = 0.2;
const EPSILON = 1e-5;

const played = JSON.parse(process.argv[2]);
const { batchSize, width, networks, loss, nCritic, gpLambda } = played;

/** The library's own leakyRelu cannot be differentiated twice; two rectifiers can. */
const leakyRelu = (x) =>
  loss === "wganGp" ? tf.sub(tf.relu(x), tf.mul(SLOPE, tf.relu(tf.neg(x)))) : tf.leakyRelu(x, SLOPE);

const weight = (shape, std = 0.02) => tf.variable(tf.randomNormal(shape, 0, std));
const bias = (size) => tf.variable(tf.zeros([size]));

/** Three hidden layers. Each network is its variables and a function. */
function perceptron(outputs) {
  const sizes = [2, width, width, width, outputs];
  const layers = sizes.slice(1).map((size, i) => [weight([sizes[i], size], Math.sqrt(2 / sizes[i])), bias(size)]);
  const apply = (x) =>
    layers.reduce((h, [w, b], i) => {
      const y = tf.add(tf.matMul(h, w), b);
      return i < layers.length - 1 ? tf.relu(y) : y;
    }, x);
  return { variables: layers.flat(), apply };
}

function digitGenerator() {
  const [project, shift] = [weight([64, 49 * 2 * width]), bias(49 * 2 * width)];
  const [first, firstBias, last, lastBias] = [
    weight([4, 4, width, 2 * width]),
    bias(width),
    weight([4, 4, 1, width]),
    bias(1),
  ];
  const apply = (z) => {
    const h = tf.reshape(tf.relu(tf.add(tf.matMul(z, project), shift)), [batchSize, 7, 7, 2 * width]);
    const up = tf.relu(tf.add(tf.conv2dTranspose(h, first, [batchSize, 14, 14, width], 2, "same"), firstBias));
    return tf.tanh(tf.add(tf.conv2dTranspose(up, last, [batchSize, 28, 28, 1], 2, "same"), lastBias));
  };
  return { variables: [project, shift, first, firstBias, last, lastBias], apply };
}

function digitDiscriminator() {
  const [first, firstBias, second, secondBias] = [
    weight([4, 4, 1, width]),
    bias(width),
    weight([4, 4, width, 2 * width]),
    bias(2 * width),
  ];
  const [score, scoreBias] = [weight([49 * 2 * width, 1]), bias(1)];
  const apply = (x) => {
    const h = leakyRelu(tf.add(tf.conv2d(x, first, 2, "same"), firstBias));
    const top = leakyRelu(tf.add(tf.conv2d(h, second, 2, "same"), secondBias));
    return tf.add(tf.matMul(tf.reshape(top, [batchSize, 49 * 2 * width]), score), scoreBias);
  };
  return { variables: [first, firstBias, second, secondBias, score, scoreBias], apply };
}

function normalization(channels) {
  const [scale, shift] = [tf.variable(tf.randomNormal([channels], 1, 0.02)), bias(channels)];
  const apply = (x) => {
    const { mean, variance } = tf.moments(x, [0, 1, 2]);
    return tf.batchNorm(x, mean, variance, shift, scale, EPSILON);
  };
  return { variables: [scale, shift], apply };
}

function tutorialGenerator() {
  const channels = [100, 8 * width, 4 * width, 2 * width, width, 3];
  const filters = channels.slice(1).map((size, i) => weight([4, 4, size, channels[i]]));
  const norms = channels.slice(1, -1).map(normalization);
  const apply = (z) => {
    const top = filters.length - 1;
    const h = filters.reduce(
      (x, filter, i) => {
        const side = 4 * 2 ** i;
        const y = tf.conv2dTranspose(
          x,
          filter,
          [batchSize, side, side, channels[i + 1]],
          i ? 2 : 1,
          i ? "same" : "valid",
        );
        return i < top ? tf.relu(norms[i].apply(y)) : y;
      },
      tf.reshape(z, [batchSize, 1, 1, 100]),
    );
    return tf.tanh(h);
  };
  return { variables: [...filters, ...norms.flatMap(({ variables }) => variables)], apply };
}

function tutorialDiscriminator() {
  const channels = [3, width, 2 * width, 4 * width, 8 * width, 1];
  const filters = channels.slice(1).map((size, i) => weight([4, 4, channels[i], size]));
  const norms = channels.slice(2, -1).map(normalization);
  const apply = (x) => {
    const top = filters.length - 1;
    const h = filters.reduce((x, filter, i) => {
      const y = tf.conv2d(x, filter, i < top ? 2 : 1, i < top ? "same" : "valid");
      if (i === top) return y;
      return leakyRelu(i > 0 ? norms[i - 1].apply(y) : y);
    }, x);
    return tf.reshape(h, [batchSize, 1]);
  };
  return { variables: [...filters, ...norms.flatMap(({ variables }) => variables)], apply };
}

function ringBatch() {
  const angle = tf.mul(tf.floor(tf.randomUniform([batchSize], 0, 8)), (2 * Math.PI) / 8);
  const centre = tf.stack([tf.mul(2, tf.cos(angle)), tf.mul(2, tf.sin(angle))], 1);
  return tf.add(centre, tf.randomNormal([batchSize, 2], 0, 0.02));
}

/** Serves byte pictures in a new order in every pass, scaled to [-1,1]. */
function pictures(size, side, channels) {
  const bytes = tf.keep(tf.randomUniform([size, side, side, channels], 0, 256, "int32"));
  let order = tf.util.createShuffledIndices(size);
  let at = 0;
  return () => {
    if (at + batchSize > size) [order, at] = [tf.util.createShuffledIndices(size), 0];
    const chosen = tf.tensor1d(Int32Array.from(order.subarray(at, (at += batchSize))), "int32");
    return tf.sub(tf.div(tf.cast(tf.gather(bytes, chosen), "float32"), 127.5), 1);
  };
}

const games = {
  points: () => ({ G: perceptron(2), D: perceptron(1), batch: ringBatch, latent: 2, rate: 1e-4 }),
  digits: () => ({
    G: digitGenerator(),
    D: digitDiscriminator(),
    batch: pictures(9000, 28, 1),
    latent: 64,
    rate: 1e-4,
  }),
  tutorial: () => ({
    G: tutorialGenerator(),
    D: tutorialDiscriminator(),
    batch: pictures(2048, 64, 3),
    latent: 100,
    rate: 2e-4,
  }),
};
const { G, D, batch, latent, rate } = games[networks]();
const optimizers = { G: tf.train.adam(rate, 0.5, 0.999), D: tf.train.adam(rate, 0.5, 0.999) };
const noise = () => tf.randomNormal([batchSize, latent]);

function penalty(real, fake) {
  const epsilon = tf.randomUniform([batchSize, ...real.shape.slice(1).map(() => 1)]);
  const between = tf.add(fake, tf.mul(epsilon, tf.sub(real, fake)));
  const slope = tf.grad((x) => tf.sum(D.apply(x)))(between);
  const norm = tf.sqrt(tf.add(tf.sum(tf.square(tf.reshape(slope, [batchSize, -1])), 1), 1e-12));
  return tf.mean(tf.square(tf.sub(norm, 1)));
}

function discriminatorLoss(real, fake) {
  if (loss === "nonSaturating")
    return tf.add(tf.mean(tf.softplus(tf.neg(D.apply(real)))), tf.mean(tf.softplus(D.apply(fake))));
  const wasserstein = tf.sub(tf.mean(D.apply(fake)), tf.mean(D.apply(real)));
  return tf.add(wasserstein, tf.mul(gpLambda, penalty(real, fake)));
}

function generatorLoss() {
  const score = D.apply(G.apply(noise()));
  return loss === "nonSaturating" ? tf.mean(tf.softplus(tf.neg(score))) : tf.neg(tf.mean(score));
}

function step() {
  for (let i = 0; i < nCritic; i++)
    tf.tidy(() => {
      const real = batch();
      const fake = G.apply(noise());
      optimizers.D.minimize(() => discriminatorLoss(real, fake), false, D.variables);
    });
  tf.tidy(() => void optimizers.G.minimize(generatorLoss, false, G.variables));
}

function run(steps) {
  const begin = performance.now();
  for (let i = 0; i < steps; i++) step();
  return Promise.resolve({ steps, ms: performance.now() - begin });
}

step();
const tensorflow = require("./tensorflow.json").version;
const versions = { node: process.versions.node, "tfjs-node": tf.version["tfjs-node"], tensorflow };
const parameters = [...G.variables, ...D.variables].reduce((sum, variable) => sum + variable.size, 0);
await serve({ versions, parameters }, { run });
process.exit(0);
