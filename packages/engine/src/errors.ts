/** @file The engine's messages. */
import {
  GanError,
  formatShape,
  internalError,
  suggest,
  unsupportedOp,
  type HostTensors,
  type Signature,
} from "@gan-arena/core/base";

export const missingState = (name: string, known: readonly string[]): GanError =>
  internalError("engine/state", `there is no state entry "${name}"; ${suggest(name, known)}`);

export const unknownKernel = (program: string, kernel: string): GanError =>
  unsupportedOp(
    program,
    `the TensorFlow.js op "${kernel}" has no kernel in the onnx engine`,
    "write it with supported ops (packages/engine/OPS.md lists them) or run with --engine cpu",
  );

export const cannotTrace = (program: string, problem: string): GanError =>
  unsupportedOp(
    program,
    problem,
    "a phase is compiled once for all steps, so its shapes and its path may not depend on values: use tensor ops such as where() instead",
  );

/** @throws GanError SHAPE_MISMATCH when an input is missing or has another shape than the program was compiled for */
export function checkInputs(signature: Signature, inputs: HostTensors): void {
  for (const name in signature.inputs) {
    const spec = signature.inputs[name];
    const value = inputs[name];
    if (spec === undefined) continue;
    if (value === undefined) throw internalError(signature.name, `input "${name}" is missing`);
    if (value.shape.length !== spec.shape.length || value.shape.some((extent, i) => extent !== spec.shape[i]))
      throw new GanError(
        "SHAPE_MISMATCH",
        `[${signature.name}] input "${name}" must be ${formatShape(spec.shape)}, got ${formatShape(value.shape)}; compile the program for the shape it is run with`,
      );
  }
}
