/** @file The slow reference, asked once: what it computed for a phase, its inputs and the state is not computed again. */
import { createHash } from "node:crypto";
import type { Engine, HostTensors, Program, State } from "@gan-arena/core";

type Values = Record<string, Float32Array>;

/** A state on the host; programs are pure, so its values are all that a program can see of it. */
class HostState implements State {
  constructor(
    readonly spec: State["spec"],
    public values: Values,
  ) {}

  read(names: readonly string[] = Object.keys(this.values)): Promise<Values> {
    return Promise.resolve(
      Object.fromEntries(names.map((name) => [name, (this.values[name] ?? new Float32Array()).slice()])),
    );
  }
  write(values: Readonly<Values>): Promise<void> {
    this.values = { ...this.values, ...values };
    return Promise.resolve();
  }
  dispose(): Promise<void> {
    return Promise.resolve();
  }
}

interface Result {
  readonly outputs: HostTensors;
  readonly values: Values;
}

/**
 * For one game only: programs are told apart by their signatures, and phases of games with other settings have the same ones.
 * @param inner computes what is asked for the first time
 * @returns an engine that is equal to `inner`, and how often each was needed
 */
export function remembering(inner: Engine): {
  readonly engine: Engine;
  readonly counts: { computed: number; remembered: number };
} {
  const counts = { computed: 0, remembered: 0 };
  const known = new Map<string, Result>();

  const compile: Engine["compile"] = async (fn, signature) => {
    const program = await inner.compile(fn, signature);
    const compute = async (inputs: HostTensors, { spec, values }: HostState): Promise<Result> => {
      const state = inner.createState(spec);
      await state.write(values);
      const outputs = structuredClone(await program.run(inputs, state));
      const result = { outputs, values: await state.read() };
      await state.dispose();
      return result;
    };
    const run: Program["run"] = async (inputs, given) => {
      const state = given as HostState;
      const key = keyOf(JSON.stringify(signature), inputs, state.values);
      const found = known.get(key);
      counts[found ? "remembered" : "computed"]++;
      const result = found ?? (await compute(inputs, state));
      known.set(key, result);
      state.values = result.values;
      return result.outputs;
    };
    return { signature, kind: program.kind, run, toString: () => program.toString(), dispose: () => program.dispose() };
  };

  const engine: Engine = {
    name: inner.name,
    info: inner.info,
    createState: (spec) =>
      new HostState(spec, Object.fromEntries(Object.keys(spec).map((name) => [name, new Float32Array()]))),
    compile,
    trace: (fn, signature) => inner.trace(fn, signature),
    dispose: () => inner.dispose(),
  };
  return { engine, counts };
}

function keyOf(signature: string, inputs: HostTensors, values: Values): string {
  const hash = createHash("sha256").update(signature);
  for (const [name, { data }] of Object.entries(inputs)) hash.update(name).update(data);
  for (const [name, data] of Object.entries(values)) hash.update(name).update(data);
  return hash.digest("hex");
}
