/**
 * @file What gradients are written with.
 *
 * TensorFlow.js 4.22 keeps copies of a kernel's saved OUTPUTS on the tape before the kernel itself, so no path leads from
 * the kernel's inputs to them: a gradient made of a saved output cannot be differentiated again (`exp`, `tanh` and
 * `sigmoid` fail or lose terms). Two rules follow: what has a derivative is computed again from the saved INPUT (a compiler
 * merges it with the forward value), and saved outputs serve only for masks, which have none.
 */
import * as tf from "@tensorflow/tfjs";
import type { GradConfig, Tensor } from "@tensorflow/tfjs";

/** What a gradient wants to see again: inputs by name in this order (or all of them, of a list), then the output. */
interface Saves {
  readonly inputs?: readonly string[] | "all";
  readonly output?: boolean;
}

/** @returns for each input of the kernel a function that computes its gradient, called only where it is needed */
type Backward<A, Y> = (dy: Y, saved: readonly Tensor[], attrs: A) => Record<string, () => Tensor>;

/** The gradient of `kernelName`. `A` is the type of the kernel's attributes, `Y` of its result. */
export function gradientOf<A = object, Y = Tensor>(
  kernelName: string,
  saves: Saves,
  backward: Backward<A, Y>,
): GradConfig {
  const { inputs = [], output = false } = saves;
  return {
    kernelName,
    ...(inputs === "all" ? { saveAllInputs: true } : { inputsToSave: [...inputs] }),
    ...(output ? { outputsToSave: [true] } : {}),
    gradFunc: backward as unknown as GradConfig["gradFunc"],
  };
}

/** Puts `config` in place of whatever was registered for the kernel; no warning, it is meant. */
export function override(config: GradConfig): void {
  if ((tf.getGradient(config.kernelName) as GradConfig | undefined) !== undefined)
    tf.unregisterGradient(config.kernelName);
  tf.registerGradient(config);
}

/** Runs a kernel that has one result. */
export const kernel = (name: string, inputs: Record<string, Tensor>, attrs: object = {}): Tensor =>
  tf.engine().runKernel<Tensor>(name, inputs, attrs as Record<string, number>);

/**
 * The value of `compute`, of which the tape sees neither the making nor the ingredients.
 *
 * Masks of piecewise linear functions have gradient zero. Left on the tape, second-order gradients would send those
 * zeros through the whole network once more; off the tape the path does not exist.
 * @param compute returns a new tensor
 */
export function detached(compute: () => Tensor): Tensor {
  return tf.customGrad(() => ({ value: compute(), gradFunc: () => [] }))();
}

/** 1 where `condition` holds, else 0; not differentiated. */
export const mask = (condition: () => Tensor): Tensor => detached(() => tf.cast(condition(), "float32"));

/** Sums `gradient` over the axes along which a value of `shape` was broadcast. */
export function unbroadcast(gradient: Tensor, shape: readonly number[]): Tensor {
  const axes = tf.backend_util.getReductionAxes([...shape], gradient.shape);
  const summed = axes.length > 0 ? tf.sum(gradient, axes) : gradient;
  return sameShape(summed.shape, shape) ? summed : tf.reshape(summed, [...shape]);
}

export const sameShape = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((extent, i) => extent === b[i]);
