/** @file The one tracer backend, registered with TensorFlow.js when it is first needed. */
import { tf } from "@gan-arena/core";
import { TRACER, TracerBackend } from "./backend.js";
import { registerConvolution } from "./kernels/convolution.js";
import { registerMatmul } from "./kernels/matmul.js";
import { registerPointwise } from "./kernels/pointwise.js";
import { registerReduce } from "./kernels/reduce.js";
import { registerResize } from "./kernels/resize.js";
import { registerShape } from "./kernels/shape.js";

let instance: TracerBackend | undefined;

export function tracer(): { readonly name: string; readonly instance: TracerBackend } {
  if (!instance) {
    const backend = new TracerBackend();
    instance = backend;
    tf.registerBackend(TRACER, () => backend, 0);
    registerPointwise();
    registerShape();
    registerReduce();
    registerMatmul();
    registerConvolution();
    registerResize();
  }
  return { name: TRACER, instance };
}
