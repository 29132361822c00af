/**
 * @file Kernels that TensorFlow.js has for gradients of other kernels. Core's gradients do without them; a direct call is
 * answered by the gradient that is registered for the kernel in question.
 */
import { tf, type Tensor } from "@gan-arena/core";
import type { NamedAttrMap } from "@tensorflow/tfjs";
import { composed } from "./support.js";

type Inputs = Readonly<Record<string, Tensor>>;

interface GradientKernel {
  readonly name: string;
  /** The kernel whose gradient it is, and by which of its inputs. */
  readonly of: string;
  readonly by: string;
  /** What that gradient wants to see again. */
  readonly saved: (inputs: Inputs) => Tensor[];
  readonly attrs?: (attrs: NamedAttrMap, inputs: Inputs) => NamedAttrMap;
}

/** The forward kernel has the size and the centres as attributes, that of its gradient has not. */
const resized = (attrs: NamedAttrMap, { dy }: Inputs): NamedAttrMap => ({
  halfPixelCenters: false,
  ...attrs,
  size: dy.shape.slice(1, 3),
});

const KERNELS: readonly GradientKernel[] = [
  { name: "MaxPoolGrad", of: "MaxPool", by: "x", saved: ({ input, output }) => [input, output] },
  { name: "AvgPoolGrad", of: "AvgPool", by: "x", saved: ({ input }) => [input] },
  { name: "MaxPool3DGrad", of: "MaxPool3D", by: "x", saved: ({ input, output }) => [input, output] },
  { name: "AvgPool3DGrad", of: "AvgPool3D", by: "x", saved: ({ input }) => [input] },
  { name: "LRNGrad", of: "LRN", by: "x", saved: ({ x }) => [x] },
  { name: "ResizeBilinearGrad", of: "ResizeBilinear", by: "images", saved: ({ images }) => [images], attrs: resized },
  {
    name: "ResizeNearestNeighborGrad",
    of: "ResizeNearestNeighbor",
    by: "images",
    saved: ({ images }) => [images],
    attrs: resized,
  },
  { name: "Dilation2DBackpropInput", of: "Dilation2D", by: "x", saved: ({ x, filter }) => [x, filter] },
  { name: "Dilation2DBackpropFilter", of: "Dilation2D", by: "filter", saved: ({ x, filter }) => [x, filter] },
];

export function registerGradientKernels(): void {
  for (const { name, of, by, saved, attrs: completed } of KERNELS)
    composed(name, (inputs, attrs) => {
      const gradients = tf.getGradient(of).gradFunc(inputs["dy"], saved(inputs), completed?.(attrs, inputs) ?? attrs);
      return (gradients as Record<string, () => Tensor>)[by]();
    });
}
