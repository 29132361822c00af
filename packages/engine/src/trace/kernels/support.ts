/** @file How kernels of the tracer are written: a function of graph values and attributes. */
import { tf } from "@gan-arena/core";
import type { NamedAttrMap, NamedTensorInfoMap, TensorInfo } from "@tensorflow/tfjs";
import type { NodeRequest, Value } from "../../graph/ir.js";
import { TRACER, type TracerBackend } from "../backend.js";

export interface KernelContext {
  /** The value of a named input. */
  input(name: string): Value;
  /** Inputs of kernels that take a list. */
  list(): Value[];
  has(name: string): boolean;
  readonly attrs: NamedAttrMap;
  make(request: NodeRequest): Value;
  readonly backend: TracerBackend;
}

export type Kernel = (context: KernelContext) => Value | Value[];

/** Registers a kernel with the tracer. */
export function kernel(name: string, body: Kernel): void {
  tf.registerKernel({
    kernelName: name,
    backendName: TRACER,
    kernelFunc: ({ inputs, attrs, backend }) => {
      const tracer = backend as TracerBackend;
      const named: NamedTensorInfoMap = inputs;
      const result = body({
        input: (input) => tracer.value(named[input] as TensorInfo),
        list: () => Object.values(named).map((info) => tracer.value(info as TensorInfo)),
        has: (input) => named[input] !== undefined && named[input] !== null,
        attrs: attrs ?? {},
        make: (request) => tracer.make(request),
        backend: tracer,
      });
      return Array.isArray(result) ? result.map((value) => tracer.tensorInfo(value)) : tracer.tensorInfo(result);
    },
  });
}

/** A number as an operand. */
export const scalar = (context: KernelContext, value: number, dtype: Value["dtype"] = "float32"): Value =>
  context.backend.graph.splat(value, [], dtype);
