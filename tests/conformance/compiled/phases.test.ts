/** @file The suite that `@gan-arena/core/testing` has for everybody, on every variant of ours; and standard kernels beside blocked ones. */
import type { Engine } from "@gan-arena/core";
import { expectSamePrograms, runChecks, variantChecks } from "@gan-arena/core/testing";
import { cpuFactory, OnnxEngine } from "@gan-arena/engine";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { remembering } from "./remembering.js";
import { SCENES, VARIANTS, variantOf } from "./scenes.js";

let reference: Engine;
let blocked: OnnxEngine;
let plain: OnnxEngine;

beforeAll(async () => {
  reference = await cpuFactory.create({ threads: 1, deterministic: true });
  blocked = await OnnxEngine.create({ threads: 1 });
  plain = await OnnxEngine.create({ threads: 1, block: 0 });
});
afterAll(async () => {
  for (const engine of [reference, blocked, plain]) await engine.dispose();
});

it("has a scene for every variant", () => {
  expect(new Set(SCENES.map(({ variant }) => variant))).toEqual(new Set(VARIANTS.map(({ name }) => name)));
});

/** The suite opens and disposes of engines; these are used again. */
const lent = (engine: Engine): Promise<Engine> =>
  Promise.resolve(Object.assign(Object.create(engine) as Engine, { dispose: () => Promise.resolve() }));

describe.each(SCENES)("$title", ({ variant: name, config, data, batchSize, seed, limits = [] }) => {
  const variant = variantOf(name);
  const options = async () => ({
    variant,
    config: variant.config.parse(config) as unknown,
    data: await data(),
    batchSize,
    seed,
  });

  // Computes for the first engine that it is compared with, and remembers for the second.
  let cpu: ReturnType<typeof remembering>;
  beforeAll(() => void (cpu = remembering(reference)));

  it("passes the suite, with the kernels of this machine", async () => {
    const checks = variantChecks({
      ...(await options()),
      engine: () => lent(blocked),
      reference: () => lent(cpu.engine),
    });
    const known = new Set(limits.flatMap(({ tests }) => tests));
    const results = await runChecks(checks.filter(({ name: check, slow }) => !slow && !known.has(check)));
    const failed = results
      .filter(({ status }) => status !== "passed")
      .map(({ name, message }) => `${name}: ${message}`);
    expect(failed).toEqual([]);
    expect(results.length).toBeGreaterThan(9);
  });
  it("with standard kernels only equals cpu within 1e-4", async () => {
    const { computed } = cpu.counts;
    await expectSamePrograms([plain, cpu.engine], { ...(await options()), rtol: 1e-4 });
    // The reference was the same one.
    expect(cpu.counts.computed).toBe(computed);
  });
});
