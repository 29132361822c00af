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

/** Why an op is not in a program, and what comes nearest to it. */
export interface Refusal {
  readonly why: string;
  readonly instead: string;
}

export const kernelRefused = (program: string, kernel: string, { why, instead }: Refusal): GanError =>
  unsupportedOp(
    program,
    `the TensorFlow.js op "${kernel}" has no kernel in the onnx engine: ${why}`,
    `${instead}, or run with --engine cpu`,
  );

export const withoutGradient = (program: string, kernel: string, cause: unknown): GanError =>
  unsupportedOp(
    program,
    `the TensorFlow.js op "${kernel}" has no gradient, and it lies between the parameters and a term (${cause instanceof Error ? cause.message : String(cause)})`,
    "use an op that has one (packages/engine/OPS.md lists them), or stopGradient() on what goes into it",
  );

const COMPILED_ONCE =
  "a phase is compiled once for all steps, so its shapes and its path may not depend on values: use tensor ops such as where() instead";

export const valuesRead = (program: string): GanError =>
  unsupportedOp(
    program,
    "the values of a tensor are read inside the function (dataSync(), arraySync(), print()), before there are any",
    COMPILED_ONCE,
  );

export const valuesAwaited = (program: string): GanError =>
  unsupportedOp(
    program,
    "the values of a tensor are awaited inside the function (data(), array(), whereAsync(), booleanMaskAsync()), before there are any",
    COMPILED_ONCE,
  );

export const badDtype = (program: string, dtype: string): GanError =>
  unsupportedOp(program, `tensors of dtype ${dtype} are not supported`, "use float32, int32 or bool");

export const cannotTrace = (program: string, problem: string): GanError =>
  unsupportedOp(program, problem, COMPILED_ONCE);

/** An op that would have to look at numbers while the program is traced. @param what that depends on them */
export const valuesNeeded = (program: string, op: string, what: string): GanError =>
  cannotTrace(
    program,
    `${op} needs the values of a tensor to know ${what}, and there are none while the program is traced`,
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

/** A product of matrices that do not fit. An error of the op: who called the network adds the place. */
export function innerExtents(
  a: readonly number[],
  b: readonly number[],
  { transposeA, transposeB }: { readonly transposeA: boolean; readonly transposeB: boolean },
): Error {
  const turned = (shape: readonly number[], transposed: boolean) =>
    `${formatShape(shape)}${transposed ? " transposed" : ""}`;
  return new TypeError(
    `matMul of ${turned(a, transposeA)} and ${turned(b, transposeB)}: the columns of the first must be as many as the rows of the second`,
  );
}

/** The command says so itself when it cannot build. */
export const tensorflowMissing = (name: string): GanError =>
  new GanError(
    "MISSING_DEPENDENCY",
    `@tensorflow/${name} is neither installed nor built here; build it with: gan-arena engine build ${name}`,
  );

export const wrongNode = (name: string): GanError =>
  new GanError(
    "MISSING_DEPENDENCY",
    `@tensorflow/${name} runs on Node 20 and 22, this is Node ${process.versions.node}; use one of them, or --engine onnx`,
  );

export const tensorflowDoesNotLoad = (name: string, cause: unknown): GanError =>
  new GanError(
    "MISSING_DEPENDENCY",
    `[engine/${name}] its native library does not load (${cause instanceof Error ? cause.message.split("\n")[0] : String(cause)}); build it again with: gan-arena engine build ${name} --force`,
    { cause },
  );

interface NativeChoice {
  readonly name: string;
  readonly threads: number;
}

export const otherThreads = (running: NativeChoice, wanted: NativeChoice): GanError =>
  new GanError(
    "BAD_CONFIG",
    `[engine/${wanted.name}] TensorFlow runs in this process as ${running.name} with ${running.threads} threads and cannot change that, wanted ${wanted.name} with ${wanted.threads}; start another process`,
  );
