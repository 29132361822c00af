/** @file Every op of the TensorFlow.js API: compiled it equals the reference, or it is refused with a reason; OPS.md lists which. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { tf, type Engine, type HostTensors, type Tensor, type TensorFunction } from "@gan-arena/core";
import { cpuFactory, OnnxEngine } from "@gan-arena/engine";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ROOT } from "../../support/repository.js";
import { CALLS, DRAWING, READING, REFUSED, withZero } from "./calls.js";

let compiled: OnnxEngine;
let reference: Engine;
beforeAll(async () => {
  compiled = await OnnxEngine.create({ threads: 1 });
  reference = await cpuFactory.create({ threads: 1, deterministic: true });
});
afterAll(async () => {
  await compiled.dispose();
  await reference.dispose();
});

const signature = (name: string) => ({ name, inputs: { zero: { shape: [], dtype: "float32" as const } }, state: {} });

/** The results of a call, by name or number. */
const resultsOf =
  (call: () => unknown): TensorFunction =>
  ({ zero }) => {
    const result = withZero(zero, call);
    const outputs = result instanceof tf.Tensor ? { y: result } : { ...(result as Record<string, Tensor>) };
    return { outputs, state: {} };
  };

async function run(engine: Engine, name: string, call: () => unknown): Promise<HostTensors> {
  const program = await engine.compile(resultsOf(call), signature(name));
  const zero = { shape: [], dtype: "float32" as const, data: Float32Array.of(0) };
  return program.run({ zero }, engine.createState({}));
}

describe.each(Object.entries(CALLS))("%s", (name, call) => {
  it("compiled equals the reference within 1e-4", async () => {
    const expected = await run(reference, name, call);
    const received = await run(compiled, name, call);
    expect(Object.keys(received)).toEqual(Object.keys(expected));
    for (const [output, { shape, dtype, data }] of Object.entries(expected)) {
      expect(received[output]).toMatchObject({ shape: [...shape], dtype });
      expect(received[output].data).toBeAllclose(Array.from(data), 1e-4, 1e-5);
    }
  });
});

it.each(Object.entries(REFUSED))("%s is refused: the op, the reason, the nearest way", async (name, call) => {
  await expect(compiled.compile(resultsOf(call), signature(name))).rejects.toMatchObject({
    code: "UNSUPPORTED_OP",
    message: expect.stringMatching(
      /^\[[\w.]+\] (the TensorFlow.js op "\w+" has no kernel in the onnx engine: .*, or run with --engine cpu|tensors of dtype string are not supported; use .*)$/u,
    ) as string,
  });
});

it.each(Object.entries(READING))("%s is refused: there are no values", async (name, call) => {
  const traced: TensorFunction = ({ zero }) => {
    void withZero(zero, call);
    return { outputs: { zero }, state: {} };
  };
  await expect(compiled.compile(traced, signature(name))).rejects.toMatchObject({
    code: "UNSUPPORTED_OP",
    message: expect.stringMatching(
      /the values of a tensor are (read|awaited) inside the function|has no kernel/u,
    ) as string,
  });
});

it.each(Object.entries(DRAWING))("%s gives the same numbers in every run", async (name, call) => {
  const program = await compiled.compile(resultsOf(call), signature(name));
  const zero = { shape: [], dtype: "float32" as const, data: Float32Array.of(0) };
  const first = Array.from((await program.run({ zero }, compiled.createState({})))["y"].data);
  expect(Array.from((await program.run({ zero }, compiled.createState({})))["y"].data)).toEqual(first);
});

/** The op names of a row in the chapter about the API, which begins with these words. */
function row(title: string): string[] {
  const text = readFileSync(join(ROOT, "packages", "engine", "OPS.md"), "utf8");
  const chapter = text.split(/^## /mu).find((part) => part.startsWith("The API")) ?? "";
  const rows = chapter.split("\n").filter((line) => line.startsWith(`| ${title}`));
  return rows.flatMap((line) => (line.split("|").at(-2) ?? "").trim().split(" "));
}

const NAMESPACES = ["image", "linalg", "losses", "spectral", "fused", "signal", "sparse", "string"] as const;

/** What tfjs-core exports as ops, from the module that lists them. */
function apiNames(): string[] {
  const listed = readFileSync(
    join(ROOT, "node_modules", "@tensorflow", "tfjs-core", "dist", "ops", "ops.d.ts"),
    "utf8",
  );
  const direct = [...listed.matchAll(/^export \{ ([\w, ]+) \} from/gmu)].flatMap(([, names]) => names.split(", "));
  const whole = [...listed.matchAll(/^export \* from '\.\/(\w+)'/gmu)].map(([, file]) => file);
  // Modules that are passed on whole have one op, or few, each.
  const passedOn = whole.flatMap((file) => {
    const path = join(ROOT, "node_modules", "@tensorflow", "tfjs-core", "dist", "ops", `${file}.d.ts`);
    const types = readFileSync(path, "utf8");
    return [...types.matchAll(/(?:export declare (?:const|function) |as )(\w+)/gu)].map(([, name]) => name);
  });
  const inNamespaces = NAMESPACES.flatMap((space) => Object.keys(tf[space]).map((name) => `${space}.${name}`));
  const isFunction = (name: string) => typeof (tf as unknown as Record<string, unknown>)[name] === "function";
  const top = [...new Set([...direct, ...passedOn])].filter((name) => name !== "op" && isFunction(name));
  return [...top, ...inNamespaces];
}

const sorted = (names: readonly string[]): string[] => [...names].sort((a, b) => a.localeCompare(b));

describe("OPS.md", () => {
  it("has the ops that compile", () => expect(sorted(row("supported"))).toEqual(sorted(Object.keys(CALLS))));
  it("has the ops that are refused", () => expect(sorted(row("missing"))).toEqual(sorted(Object.keys(REFUSED))));
  it("has the ops that read values", () => expect(sorted(row("reads values"))).toEqual(sorted(Object.keys(READING))));
  it("has the ops that draw", () => expect(sorted(row("draws"))).toEqual(sorted(Object.keys(DRAWING))));
  it("has every op of the API once", () => {
    const all = [CALLS, REFUSED, READING, DRAWING].flatMap((calls) => Object.keys(calls));
    expect(sorted(all)).toEqual(sorted(apiNames()));
  });
});
