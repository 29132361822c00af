/**
 * @file A function with its weights as a standard ONNX file, which any runtime can run.
 *
 * Only standard ops are used, weights are named constants, and the batch is a free axis `N` where the function allows it.
 */
import type { Signature, TensorFunction } from "@gan-arena/core/base";
import { internalError } from "@gan-arena/core/base";
import type { Initializer } from "../lower/lowering.js";
import { STANDARD } from "../lower/policy.js";
import { encodeModel, type Model, type ModelPort } from "../onnx/model.js";
import { lowerToModel } from "../runtime/program.js";
import { stateInputName, trace } from "../trace/trace.js";

export interface ExportRequest {
  readonly fn: TensorFunction;
  /** Inputs `[n,…]`, all with the same n; n itself does not matter. */
  readonly signature: Signature;
  /** Values of all state entries of the signature, in plain order. */
  readonly state: Readonly<Record<string, Float32Array>>;
  /** Stored in the file for people and tools. */
  readonly metadata?: Readonly<Record<string, string>>;
}

export interface Exported {
  readonly bytes: Uint8Array;
  /** "N" when the file takes any batch, else the only one it takes. */
  readonly batch: number | "N";
  readonly inputs: readonly ModelPort[];
  readonly outputs: readonly ModelPort[];
}

/** Two batch sizes that share no factor with each other or with common extents. */
const PROBES = [11, 13] as const;

/**
 * Traces the function for two batch sizes. Where the two graphs differ only in the extents of reshapes, those extents
 * are left open, and the file takes any batch; otherwise it takes batches of one.
 */
export function exportOnnx({ fn, signature, state, metadata }: ExportRequest): Exported {
  const weights = Object.fromEntries(Object.entries(state).map(([name, values]) => [stateInputName(name), values]));
  const modelFor = (batch: number): Model => {
    const sized = withBatch(signature, batch);
    return lowerToModel(trace(fn, sized), sized, { policy: { ...STANDARD, anyBatch: true }, weights });
  };
  const [first, second] = [modelFor(PROBES[0]), modelFor(PROBES[1])];
  const open = openBatch(first, second);
  const model: Model = { ...(open ?? modelFor(1)), metadata };
  if (model.inputs.some(({ name }) => name in weights))
    throw internalError(signature.name, "the function uses a state entry as a whole, so its parts cannot be named");
  return { bytes: encodeModel(model), batch: open ? "N" : 1, inputs: model.inputs, outputs: model.outputs };
}

function withBatch(signature: Signature, batch: number): Signature {
  const inputs = Object.entries(signature.inputs).map(
    ([name, spec]) => [name, { ...spec, shape: [batch, ...spec.shape.slice(1)] }] as const,
  );
  return { ...signature, inputs: Object.fromEntries(inputs) };
}

/** The model with a free batch axis, or undefined when something other than a reshape depends on the batch. */
function openBatch(a: Model, b: Model): Model | undefined {
  const sameNodes =
    a.nodes.length === b.nodes.length &&
    a.nodes.every(
      (node, i) =>
        node.op === b.nodes[i]?.op && JSON.stringify(node.attributes) === JSON.stringify(b.nodes[i]?.attributes),
    );
  if (!sameNodes || a.initializers.length !== b.initializers.length) return undefined;
  const initializers: Initializer[] = [];
  for (const [i, mine] of a.initializers.entries()) {
    const other = b.initializers[i];
    const opened = openInitializer(a, mine, other);
    if (!opened) return undefined;
    initializers.push(opened);
  }
  const ports = (left: readonly ModelPort[], right: readonly ModelPort[]): ModelPort[] =>
    left.map((port, i) => ({
      ...port,
      shape: port.shape.map((extent, axis) => (extent === right[i]?.shape[axis] ? extent : "N")),
    }));
  return { ...a, initializers, inputs: ports(a.inputs, b.inputs), outputs: ports(a.outputs, b.outputs) };
}

function openInitializer(model: Model, mine: Initializer, other: Initializer): Initializer | undefined {
  if (mine.dtype !== other.dtype || mine.data.length !== other.data.length) return undefined;
  const differing = Array.from(mine.data, (value, i) =>
    value === other.data[i] || Number.isNaN(value) ? -1 : i,
  ).filter((i) => i >= 0);
  if (differing.length === 0) return mine;
  const shapesOnly = model.nodes.every(
    (node) => !node.inputs.includes(mine.name) || (node.op === "Reshape" && node.inputs[1] === mine.name),
  );
  if (!shapesOnly || differing.length > 1 || mine.dtype !== "int64") return undefined;
  return { ...mine, data: Array.from(mine.data as readonly number[], (value, i) => (i === differing[0] ? -1 : value)) };
}
