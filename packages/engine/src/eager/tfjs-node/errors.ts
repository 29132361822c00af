/** @file Messages about building the native engines. */
import { GanError } from "@gan-arena/core/base";

const missing = (problem: string, cause?: unknown): GanError =>
  new GanError("MISSING_DEPENDENCY", `[engine build] ${problem}`, { cause });

export const onlyLinux = (name: string): GanError =>
  missing(`${name} is built on Linux only, this is ${process.platform}; use --engine onnx`);

export const noPython = (tried: readonly string[]): GanError =>
  missing(
    `Python 3 with pip is needed to download TensorFlow, found none (tried ${tried.join(", ")}); install it, or name one with --python`,
  );

export const noCompiler = (tried: readonly string[]): GanError =>
  missing(`a C++ compiler is needed, found none (tried ${tried.join(", ")}); install g++ or clang, or name one in CXX`);

export const noWheel = (wheel: string, cause: Error): GanError =>
  missing(
    `${wheel} cannot be had from the package index: ${cause.message}; check the connection, or choose another with --tensorflow`,
    cause,
  );

export const buildFailed = (step: string, cause: Error): GanError =>
  missing(`${step} failed: ${cause.message}; mend that and start again`, cause);

const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;

export const littleSpace = (
  folder: string,
  { free, needed }: { readonly free: number; readonly needed: number },
): GanError =>
  new GanError(
    "NO_SPACE",
    `[engine build] ${gigabytes(needed)} must be free at ${folder}, got ${gigabytes(free)}; free some, or choose another home with --home`,
  );
