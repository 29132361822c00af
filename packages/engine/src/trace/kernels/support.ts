/** @file How kernels of the tracer are written: a function of graph values and attributes. */
import { tf, type Tensor } from "@gan-arena/core";
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

/** What the body of a composed kernel gets: tensors by the names of the kernel's inputs, and its attributes. */
export type Composition = (inputs: Readonly<Record<string, Tensor>>, attrs: NamedAttrMap) => Tensor | Tensor[];

/**
 * Registers a kernel that is put together from ops of TensorFlow.js: their own kernels write the nodes.
 *
 * TensorFlow.js records nothing on its tape inside a kernel, so the gradient is that of the kernel, not of its parts.
 */
export function composed(name: string, body: Composition): void {
  tf.registerKernel({
    kernelName: name,
    backendName: TRACER,
    kernelFunc: ({ inputs, attrs, backend }) => {
      const tracer = backend as TracerBackend;
      const present = Object.entries(inputs).filter(([, info]) => info !== undefined && info !== null);
      // Tensors of their own: they are disposed of with the kernel's scope, the caller's are not.
      const own = (info: TensorInfo): Tensor => tracer.tensor(tracer.value(info));
      const result = body(
        Object.fromEntries(present.map(([input, info]) => [input, own(info as TensorInfo)])),
        attrs ?? {},
      );
      const written = (tensor: Tensor): TensorInfo => tracer.tensorInfo(tracer.value(tensor));
      return Array.isArray(result) ? result.map(written) : written(result);
    },
  });
}

/** A number as an operand. */
export const scalar = (context: KernelContext, value: number, dtype: Value["dtype"] = "float32"): Value =>
  context.backend.graph.splat(value, [], dtype);
