import { sgd, tf, type Engine } from "@gan-arena/core";
import { comparePrograms, expectPhaseMovesOnly, expectSamePrograms } from "@gan-arena/core/testing";
import { describe, expect, it } from "vitest";
import { openEngine, lineData, lineVariant } from "./support.js";

const data = lineData((position) => 1 + Math.sin(position)).train;

/** The cpu engine, but every value of one state entry or output comes out multiplied. */
async function wrong(kind: "state" | "outputs", name: string, factor: number): Promise<Engine> {
  const engine = await openEngine();
  const compile: Engine["compile"] = (fn, signature) =>
    engine.compile((inputs, state) => {
      const result = fn(inputs, state);
      const value = result[kind][name] ?? (kind === "state" ? state[name] : undefined);
      return value ? { ...result, [kind]: { ...result[kind], [name]: tf.mul(value, factor) } } : result;
    }, signature);
  return Object.assign(Object.create(engine) as Engine, { name: "wrong", compile });
}

describe("expectPhaseMovesOnly", () => {
  const check = (engine: Engine, variant = lineVariant()) => expectPhaseMovesOnly({ variant, data, engine, batchSize: 4 });

  it("passes what keeps to its updates", async () => {
    await expect(check(await openEngine())).resolves.toBeUndefined();
  });
  it("finds a phase that moves what it does not update", async () => {
    await expect(check(await wrong("state", "D/params", 1.01))).rejects.toThrow(
      /^\[line\/generator\] a phase may change only the networks that it updates, got a change in "D\/params"/,
    );
  });
  it("finds a phase that does not move what it updates", async () => {
    const still = { ...sgd({ lr: 1 }), step: ({ params }: { params: tf.Tensor }) => ({ params, slots: {} }) };
    const variant = lineVariant({ optimizers: () => ({ D: sgd({ lr: 1 }), G: still }) });
    await expect(check(await openEngine(), variant)).rejects.toThrow(/^\[line\/generator\] the phase must move the network "G"/);
  });
});

describe("comparePrograms", () => {
  const options = { variant: lineVariant({ averages: () => ({ G: 0.004 }) }), data, batchSize: 4 };

  it("an engine equals itself", async () => {
    const rows = await comparePrograms([await openEngine(), await openEngine()], options);
    const [kind] = rows[0].kinds;
    expect(rows).toEqual(
      ["critic", "generator"].map((phase) => ({ phase, kinds: [kind, kind], terms: 0, gradients: 0, state: 0 })),
    );
  });
  it.each([
    ["terms", "outputs", "scalars"],
    ["gradients", "outputs", "gradient/D/a"],
    ["state", "state", "G/average"],
  ] as const)("finds %s that differ by 1 %", async (what, kind, name) => {
    const engines = [await wrong(kind, name, 1.01), await openEngine()] as const;
    await expect(expectSamePrograms(engines, options)).rejects.toThrow(
      new RegExp(`^\\[line/critic\\] ${what} must be equal on wrong and \\w+ within rtol 0.0001, got a relative difference of`),
    );
    await expectSamePrograms(engines, { ...options, rtol: 0.1 });
  });
});
