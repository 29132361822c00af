/**
 * @file Convolutions with explicit padding for native TensorFlow, whose kernels know `same` and `valid` only.
 *
 * The picture is padded first; the gradient for it is taken of the padded one and cut back.
 */
import { tf, type Tensor } from "@gan-arena/core";
import type { KernelConfig, TensorInfo } from "@tensorflow/tfjs";

type Attributes = NonNullable<Parameters<KernelConfig["kernelFunc"]>[0]["attrs"]>;
type Pad = number | [[number, number], [number, number], [number, number], [number, number]];

/** Padding before and after, of rows and of columns; undefined when the kernel knows what to do. */
function explicitPadding(attrs: Attributes | undefined): [[number, number], [number, number]] | undefined {
  const pad = attrs?.["pad"] as unknown as Pad | string;
  if (typeof pad === "number") return pad === 0 ? undefined : [[pad, pad], [pad, pad]]; // prettier-ignore
  return typeof pad === "string" ? undefined : [pad[1], pad[2]];
}

const FAMILIES = [
  ["Conv2D", "Conv2DBackpropFilter", "Conv2DBackpropInput"],
  ["DepthwiseConv2dNative", "DepthwiseConv2dNativeBackpropFilter", "DepthwiseConv2dNativeBackpropInput"],
] as const;

/** Puts kernels that pad around those of the package. */
export function padConvolutions(backendName: string): void {
  for (const [forward, filterGradient, inputGradient] of FAMILIES) {
    wrap(forward, backendName, (run, { x, filter }, attrs, [rows, columns]) =>
      run({ x: padded(x, rows, columns), filter }, { ...attrs, pad: "valid" }),
    );
    wrap(filterGradient, backendName, (run, { x, dy }, attrs, [rows, columns]) =>
      run({ x: padded(x, rows, columns), dy }, { ...attrs, pad: "valid" }),
    );
    wrap(inputGradient, backendName, (run, inputs, attrs, [rows, columns]) => {
      const [n, height, width, channels] = attrs["inputShape"] as number[];
      const inputShape = [n, height + rows[0] + rows[1], width + columns[0] + columns[1], channels];
      const whole = run(inputs, { ...attrs, inputShape, pad: "valid" });
      return tf.slice(whole as Tensor, [0, rows[0], columns[0], 0], [n, height, width, channels]);
    });
  }
}

const padded = (x: TensorInfo, rows: [number, number], columns: [number, number]): Tensor =>
  tf.pad(x as Tensor, [[0, 0], rows, columns, [0, 0]]);

type Inputs = Record<string, TensorInfo>;
type Run = (inputs: Inputs, attrs: Attributes) => TensorInfo;
type Padded = (
  run: Run,
  inputs: Inputs,
  attrs: Attributes,
  padding: [[number, number], [number, number]],
) => TensorInfo;

function wrap(kernelName: string, backendName: string, body: Padded): void {
  const own = tf.getKernel(kernelName, backendName);
  tf.unregisterKernel(kernelName, backendName);
  tf.registerKernel({
    ...own,
    kernelFunc(given) {
      const padding = explicitPadding(given.attrs);
      // A kernel of pad 0 has nothing to pad, but the number itself is not known to the package.
      const attrs: Attributes = given.attrs?.["pad"] === 0 ? { ...given.attrs, pad: "valid" } : (given.attrs ?? {});
      if (!padding) return own.kernelFunc({ ...given, attrs });
      const run: Run = (inputs, changed) => own.kernelFunc({ ...given, inputs, attrs: changed }) as TensorInfo;
      return body(run, given.inputs as Inputs, attrs, padding);
    },
  });
}
