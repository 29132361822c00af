/** @file The one tracer backend, registered with TensorFlow.js when it is first needed. */
import { tf } from "@gan-arena/core";
import { TRACER, TracerBackend } from "./backend.js";
import { registerBlocks } from "./kernels/blocks.js";
import { registerConvolution } from "./kernels/convolution.js";
import { registerDepthwise } from "./kernels/depthwise.js";
import { registerFused } from "./kernels/fused.js";
import { registerGradientKernels } from "./kernels/gradient-kernels.js";
import { registerIndexing } from "./kernels/indexing.js";
import { registerMatmul } from "./kernels/matmul.js";
import { registerNormalise } from "./kernels/normalise.js";
import { registerPooling } from "./kernels/pooling.js";
import { registerPointwise } from "./kernels/pointwise.js";
import { registerReduce } from "./kernels/reduce.js";
import { registerRefused } from "./kernels/refused.js";
import { registerResize } from "./kernels/resize.js";
import { registerSampling } from "./kernels/sampling.js";
import { registerShape } from "./kernels/shape.js";
import { registerVolume } from "./kernels/volume.js";

const KERNELS = [
  registerPointwise,
  registerShape,
  registerReduce,
  registerMatmul,
  registerIndexing,
  registerConvolution,
  registerDepthwise,
  registerPooling,
  registerVolume,
  registerFused,
  registerResize,
  registerSampling,
  registerNormalise,
  registerBlocks,
  registerGradientKernels,
  registerRefused,
];

let instance: TracerBackend | undefined;

export function tracer(): { readonly name: string; readonly instance: TracerBackend } {
  if (!instance) {
    const backend = new TracerBackend();
    instance = backend;
    tf.registerBackend(TRACER, () => backend, 0);
    for (const register of KERNELS) register();
  }
  return { name: TRACER, instance };
}
