/** @file Our engines pass the suite for engines; wrong ones do not. */
import { tf, type Engine } from "@gan-arena/core";
import { engineChecks, runChecks, testEngine } from "@gan-arena/core/testing";
import { cpuFactory, OnnxEngine } from "@gan-arena/engine";
import { describe, expect, it } from "vitest";

const cpu = (): Promise<Engine> => cpuFactory.create({ threads: 1, deterministic: true });

testEngine({ name: "onnx", engine: () => OnnxEngine.create({ threads: 1 }), reference: cpu, describe, it });
testEngine({
  name: "onnx, standard kernels",
  engine: () => OnnxEngine.create({ threads: 1, block: 0 }),
  reference: cpu,
  describe,
  it,
});
testEngine({ name: "cpu", engine: cpu, describe, it });

/** The cpu engine with some of its methods replaced. */
const changed = (change: (engine: Engine) => Partial<Engine>) => async (): Promise<Engine> => {
  const engine = await cpu();
  return Object.assign(Object.create(engine) as Engine, change(engine));
};

async function verdict(engine: () => Promise<Engine>): Promise<string> {
  const results = await runChecks(engineChecks({ name: "odd", engine, reference: cpu }));
  const failed = results.find(({ status }) => status === "failed");
  return failed ? `${failed.name}: ${failed.message}` : "sound";
}

describe("testEngine", () => {
  it("finds an engine that forgets what it is given", async () => {
    const forgets = changed((engine) => ({
      createState: (spec) => Object.assign(Object.create(engine.createState(spec)), { write: () => Promise.resolve() }),
    }));
    expect(await verdict(forgets)).toMatch(/^state round trip: \[odd\] read\(\) must give what write\(\) was given/u);
  });
  it("finds an engine that replaces what a program does not return", async () => {
    const eager = changed((engine) => ({
      compile: (fn, signature) =>
        engine.compile((inputs, state) => {
          const result = fn(inputs, state);
          const rest = Object.keys(state).filter((entry) => !(entry in result.state));
          return {
            ...result,
            state: { ...result.state, ...Object.fromEntries(rest.map((e) => [e, tf.mul(state[e], 1.5)])) },
          };
        }, signature),
    }));
    expect(await verdict(eager)).toMatch(
      /^program: \[odd\] an entry that the program does not return must keep every bit/u,
    );
  });
  it("finds an engine whose arithmetic is off by a thousandth", async () => {
    const off = changed((engine) => ({
      compile: (fn, signature) =>
        engine.compile((inputs, state) => {
          const result = fn(inputs, state);
          const params = result.state["D/params"];
          return params ? { ...result, state: { ...result.state, "D/params": tf.mul(params, 1.001) } } : result;
        }, signature),
    }));
    expect(await verdict(off)).toMatch(
      /^equals the reference: \[probe\/critic\] (terms|state) must be equal on .* within rtol 0.0001/u,
    );
  });
});
