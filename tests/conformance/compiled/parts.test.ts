/** @file Parts that a config switches on: compiled equals reference, a phase still moves only its own, and off means off. */
import { withPartsSettings, type DataSource, type Engine } from "@gan-arena/core";
import { expectPhaseMovesOnly, expectSamePrograms, openScene } from "@gan-arena/core/testing";
import { ring } from "@gan-arena/datasets";
import { cpuFactory, OnnxEngine } from "@gan-arena/engine";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { noisePictures, SCENES, variantOf } from "./scenes.js";

let reference: Engine;
let compiled: Engine;

beforeAll(async () => {
  reference = await cpuFactory.create({ threads: 1, deterministic: true });
  compiled = await OnnxEngine.create({ threads: 1 });
});
afterAll(async () => {
  await reference.dispose();
  await compiled.dispose();
});

const points = async (): Promise<DataSource> => (await ring.open(ring.config.parse({}), { home: "." })).train;
const images = () => Promise.resolve(noisePictures(8));
/** The smallest nets; no penalty of the variant's own. */
const SMALL = { hidden: 8, layers: 2, filters: 4, zDim: 3, r1Gamma: 0 };

const CASES: readonly (readonly [name: string, regularizers: object, data: () => Promise<DataSource>])[] = [
  ["r1 and r2", { r1: { gamma: 10 }, r2: { gamma: 1 } }, points],
  ["gradientPenalty", { gradientPenalty: { lambda: 10 } }, images],
  ["gradientPenalty, one-sided", { gradientPenalty: { lambda: 10, sided: "one", target: 0.01 } }, points],
  ["gradientPenalty, zero-centred", { gradientPenalty: { lambda: 10, target: 0 } }, points],
  ["dragan", { dragan: { lambda: 1 } }, points],
  ["lecam and labelSmoothing", { lecam: { lambda: 0.3 }, labelSmoothing: { alpha: 0.1 } }, points],
  ["spectralNorm", { spectralNorm: true }, images],
  ["instanceNoise", { instanceNoise: { std: 0.5, decayKimg: 0.1 } }, points],
  ["diffAugment under r1", { diffAugment: { policy: "color,translation,cutout" }, r1: { gamma: 1 } }, images],
  ["packing", { packing: { samples: 2 } }, points],
  ["packing of images", { packing: { samples: 4 } }, images],
  ["topK", { topK: { fraction: 0.5 } }, points],
];

describe.each(CASES)("%s", (_, regularizers, data) => {
  const gan = withPartsSettings(variantOf("gan"));
  const options = async () => ({
    variant: gan,
    config: gan.config.parse({ ...SMALL, regularizers }) as unknown,
    data: await data(),
    batchSize: 8,
  });
  it("compiled equals cpu", async () => {
    await expect(
      expectSamePrograms([compiled, reference], { ...(await options()), rtol: 1e-4 }),
    ).resolves.toBeUndefined();
  });
  it("moves only what the phase says", async () => {
    await expect(expectPhaseMovesOnly({ ...(await options()), engine: compiled })).resolves.toBeUndefined();
  });
});

it("with no part switched on, and with all at zero, the programs are those of the variant itself", async () => {
  const gan = variantOf("gan");
  const data = await points();
  const listing = async (config: object): Promise<string[]> => {
    const known = withPartsSettings(gan);
    const scene = await openScene({
      variant: known,
      config: known.config.parse(config),
      data,
      engine: compiled,
      batchSize: 8,
    });
    const programs = scene.programs.map(({ program }) => String(program));
    await scene.dispose();
    return programs;
  };
  const off = {
    r1: { gamma: 0 },
    lecam: { lambda: 0 },
    spectralNorm: false,
    packing: { samples: 1 },
    topK: { fraction: 1 },
  };
  const plain = await listing(SMALL);
  expect(await listing({ ...SMALL, regularizers: off })).toEqual(plain);
  expect(await listing({ ...SMALL, regularizers: { r1: { gamma: 1 } } })).not.toEqual(plain);
});

const CHOICES = ["hinge", "leastSquares", "wasserstein", "relativisticPaired", "relativisticAverage"] as const;

it.each(CHOICES)("loss=%s: compiled equals cpu, with real samples in G's phase where it compares", async (loss) => {
  const gan = withPartsSettings(variantOf("gan"));
  // A relativistic loss does not depend on D's last bias: its gradient is round-off, which Adam would blow up to its rate.
  const config: unknown = gan.config.parse({ ...SMALL, loss, optimizer: { D: { lr: 1e-7 } } });
  const options = { variant: gan, config, data: await points(), batchSize: 8 };
  await expect(expectSamePrograms([compiled, reference], options)).resolves.toBeUndefined();
});

describe.each(SCENES)("R1 on $title", ({ variant: name, config, data, batchSize, seed }) => {
  it("is a term of each critic, in a phase that compiles and plays", async () => {
    const variant = withPartsSettings(variantOf(name));
    const regularizers = { r1: { gamma: 1 } };
    const parsed: unknown = variant.config.parse({ ...config, regularizers });
    const scene = await openScene({ variant, config: parsed, data: await data(), engine: compiled, batchSize, seed });
    const critics = Object.keys(scene.game.networks).filter((network) => network.startsWith("D"));
    const logged = scene.game.phases.flatMap(({ scalars }) => scalars);
    for (let index = 0; index < scene.game.phases.length; index++) await scene.play(index);
    await scene.dispose();
    for (const critic of critics)
      expect(
        logged.filter((term) => new RegExp(`(^|/)(${critic}/r1|r1-${critic}|${critic}/r1-added)`, "u").test(term)),
      ).not.toEqual([]);
  });
});

it("ada: compiled equals cpu, with all groups and a probability of 0.8 from the second play on", async () => {
  const gan = withPartsSettings(variantOf("gan"));
  const ada = { speedKimg: 0.01, groups: "blit,color,cutout", target: -0.9 };
  // Least squares: the logistic losses' gradients nearly cancel out at the start, which no two engines round alike.
  const config = gan.config.parse({ ...SMALL, loss: "leastSquares", regularizers: { ada, r1: { gamma: 1 } } });
  const options = { variant: gan, config, data: await images(), batchSize: 8 };
  await expect(expectSamePrograms([compiled, reference], { ...options, rtol: 1e-4 })).resolves.toBeUndefined();
  await expect(expectPhaseMovesOnly({ ...options, engine: compiled })).resolves.toBeUndefined();
});

it("ada: G's phase sees the probability that D's phase keeps, and it rises while D is sure", async () => {
  const gan = withPartsSettings(variantOf("gan"));
  const config = gan.config.parse({ ...SMALL, regularizers: { ada: { speedKimg: 0.04, target: -0.9 } } });
  const scene = await openScene({ variant: gan, config, data: await images(), engine: compiled, batchSize: 8 });
  const cell = async () => (await scene.state.read(["memory/discriminator"]))["memory/discriminator"]?.[0];
  const seen: (number | undefined)[] = [];
  for (let play = 0; play < 3; play++) {
    await scene.play(0);
    seen.push(await cell());
    await scene.play(1);
    expect(await cell()).toBe(seen.at(-1));
  }
  expect(seen).toEqual([expect.closeTo(0.2, 6), expect.closeTo(0.4, 6), expect.closeTo(0.6, 6)]);
  expect(scene.programs.map(({ program }) => String(program).includes("state/memory/discriminator"))).toEqual([
    true,
    true,
  ]);
  await scene.dispose();
});
