/** @file From a function of tensors to a graph: inputs become symbols, the function runs once. */
import { tf } from "@gan-arena/core";
import { packedSize, shapeMismatch, type Signature, type TensorFunction, type TensorSpec } from "@gan-arena/core/base";
import { cannotTrace, unknownKernel, withoutGradient } from "../errors.js";
import type { Graph, Value } from "../graph/ir.js";
import { tracer } from "./register.js";

/** A function as a graph. Inputs are named `<input>`, state entries `state/<entry>`. */
export interface Traced {
  readonly graph: Graph;
  readonly inputs: Readonly<Record<string, Value>>;
  readonly state: Readonly<Record<string, Value>>;
  readonly outputs: Readonly<Record<string, Value>>;
  readonly newState: Readonly<Record<string, Value>>;
}

/** Everything that a function computes. */
export const resultsOf = ({ outputs, newState }: Traced): Value[] => [
  ...Object.values(outputs),
  ...Object.values(newState),
];

/** The prefix of a state entry among a model's inputs. */
export const STATE = "state/";
/** The prefix of an entry's new value among its outputs. */
export const NEW = "new/";
export const stateInputName = (entry: string): string => STATE + entry;

/** @throws GanError UNSUPPORTED_OP when the function uses an op without a kernel or reads values */
export function trace(fn: TensorFunction, signature: Signature): Traced {
  const backend = tracer();
  const before = tf.getBackend();
  void tf.setBackend(backend.name);
  const engine = tf.engine();
  engine.startScope(signature.name);
  try {
    return backend.instance.trace(signature.name, (graph) => {
      const inputs = mapValues(signature.inputs, (spec, name) => graph.input(name, spec.shape, spec.dtype));
      const state = mapValues(
        signature.state,
        (packing, name) =>
          graph.node("State", [], { name: stateInputName(name), packing }, [
            { shape: [packedSize(packing)], dtype: "float32" },
          ]).outputs[0],
      );
      const asTensors = (values: Readonly<Record<string, Value>>) =>
        mapValues(values, (value) => backend.instance.tensor(value));
      const result = fn(asTensors(inputs), asTensors(state));
      const values = (tensors: typeof result.outputs) => mapValues(tensors, (tensor) => backend.instance.value(tensor));
      const newState = values(result.state);
      for (const [name, value] of Object.entries(newState)) checkEntry(signature, name, value);
      return { graph, inputs, state, outputs: values(result.outputs), newState };
    });
  } catch (error) {
    throw explain(error, signature.name);
  } finally {
    engine.endScope();
    if (before) void tf.setBackend(before);
  }
}

/** The shapes and types of a function's outputs; nothing is computed. */
export const traceShapes = (fn: TensorFunction, signature: Signature): Record<string, TensorSpec> =>
  mapValues(trace(fn, signature).outputs, ({ shape, dtype }) => ({ shape, dtype }));

function checkEntry(signature: Signature, name: string, value: Value): void {
  const packing = signature.state[name];
  if (!packing)
    throw cannotTrace(
      signature.name,
      `the function replaces "${name}", which is not among the state entries it declared`,
    );
  const size = packedSize(packing);
  if (value.shape.length !== 1 || value.shape[0] !== size)
    throw shapeMismatch(
      signature.name,
      `new value of ${name}`,
      `[${size}]`,
      value.shape,
      "return one flat vector for each state entry",
    );
}

/** TensorFlow.js reports a missing kernel or gradient by a generic error; say which op it was and what to do. */
function explain(error: unknown, program: string): unknown {
  // Whoever called the author's code may have wrapped the error.
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const kernel = /Kernel '(\w+)' not registered for backend/u.exec(cause.message)?.[1];
    if (kernel !== undefined) return unknownKernel(program, kernel);
    const op = /gradient function not found for (\w+)/u.exec(cause.message)?.[1];
    if (op !== undefined) return withoutGradient(program, op, cause);
  }
  return error;
}

function mapValues<T, U>(record: Readonly<Record<string, T>>, map: (value: T, name: string) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value, name)]));
}
