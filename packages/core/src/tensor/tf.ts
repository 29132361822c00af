/**
 * @file The one place where TensorFlow.js is loaded: its ops, its tape, and the gradients it lacks.
 *
 * TensorFlow.js is CommonJS behind a default import; it is opened here once so that nobody else has to know.
 */
import * as tf from "@tensorflow/tfjs";
import "./gradients/index.js";

// Production mode leaves out the banner and the checks for NaN in every op; the arena watches the terms itself.
tf.enableProdMode();

export { tf };
export type { Tensor } from "@tensorflow/tfjs";
