/** @file Plain TensorFlow.js code on the tracer: `await x.data()` compiles what x needs, runs it once and drops it. */
import { STANDARD, type LoweringPolicy } from "../lower/policy.js";
import type { Value, Data } from "../graph/ir.js";
import { encodeModel } from "../onnx/model.js";
import { tracer } from "../trace/register.js";
import { createSession } from "./ort.js";
import { lowerToModel } from "./program.js";

async function evaluate(value: Value, policy: LoweringPolicy = STANDARD): Promise<Data> {
  const traced = { graph: tracer().instance.graph, inputs: {}, state: {}, outputs: { value }, newState: {} };
  const model = lowerToModel(traced, { name: "outside", inputs: {}, state: {} }, { policy });
  const session = await createSession(encodeModel(model), { threads: 1 });
  try {
    const result = (await session.run({}))["value"];
    return result?.data as Data;
  } finally {
    await session.release();
  }
}

/** Makes the tracer usable as an ordinary TensorFlow.js backend. @returns its name, for `tf.setBackend` */
export function enableEvaluation(policy: LoweringPolicy = STANDARD): string {
  const { name, instance } = tracer();
  instance.evaluator = (value) => evaluate(value, policy);
  return name;
}
