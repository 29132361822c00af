/** @file Every phase of every variant: compiled, it does what the cpu reference does, and it was compiled. */
import type { Engine } from "@gan-arena/core";
import { expectPhaseMovesOnly, expectSamePrograms } from "@gan-arena/core/testing";
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

describe.each(SCENES)("$title", ({ variant: name, config, data, batchSize, seed }) => {
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

  // Terms, gradients, and parameters, moments and states after three plays of each phase.
  it("with the kernels of this machine equals cpu within 1e-4", async () => {
    const same = expectSamePrograms([blocked, cpu.engine], { ...(await options()), rtol: 1e-4 });
    await expect(same).resolves.toBeUndefined();
  });
  it("with standard kernels only equals cpu within 1e-4", async () => {
    const { computed } = cpu.counts;
    await expectSamePrograms([plain, cpu.engine], { ...(await options()), rtol: 1e-4 });
    // The reference was the same one.
    expect(cpu.counts.computed).toBe(computed);
  });
  it("moves only what each phase updates", async () => {
    await expect(expectPhaseMovesOnly({ ...(await options()), engine: blocked })).resolves.toBeUndefined();
  });
});
