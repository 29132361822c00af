/** @file The conformance suite of variants: what every plugin should pass, ours and anybody's. */
import { declare } from "../arena/check-variant.js";
import type { DataSource } from "../contracts/dataset.js";
import type { Engine } from "../contracts/engine.js";
import type { AnyVariant } from "../di.js";
import { GanError } from "../errors.js";
import { declareTests, type Check, type Limit, type Skipped, type TestFramework } from "./check.js";
import { expectPhaseMovesOnly, expectSamePrograms, kindsOf } from "./phases.js";
import { openScene, type Scene } from "./scene.js";
import { ringPoints, SYNTHETIC } from "./synthetic.js";
import { mustHold, notCompiled } from "./errors.js";
import { expectDeclaration } from "./variant-declaration.js";
import { expectGradients } from "./variant-gradients.js";
import { expectNoisePerSample, expectViewPerSample, watchingForRandom } from "./variant-noise.js";
import { expectRawScores, expectShapes } from "./variant-scores.js";
import { expectExactResume, expectFinite, expectNoLeaks, expectRing, expectSameBits } from "./variant-training.js";

export interface VariantCase {
  readonly variant: AnyVariant;
  /** Parsed by the schema; small networks make small waits. Default: all defaults. */
  readonly config?: unknown;
  /** Default: the first of the made-up data sets that the variant plays. */
  readonly data?: DataSource;
  /** What the variant is played on. */
  readonly engine: () => Promise<Engine>;
  /** What it is compared with; left out, nothing is compared. */
  readonly reference?: () => Promise<Engine>;
  /** Default 4. */
  readonly batchSize?: number;
  /** Default 7. */
  readonly seed?: number;
  /** Settings and thousands of samples for the ring; default: the variant's own. */
  readonly ring?: { readonly config?: unknown; readonly kimg?: number };
}

/** Seeds that are tried before two engines are said to differ: at a kink of a rectifier, rounding decides. */
const SEEDS_OF_COMPARISON = 3;

/** The suite, in the order in which a mistake is best explained. */
export function variantChecks(given: VariantCase): readonly Check[] {
  const { variant, batchSize = 4, seed = 7 } = given;
  const config: unknown = given.config ?? variant.config.parse({});
  const at = (other: number = seed, engine: Engine) => ({
    variant,
    config,
    data: given.data ?? dataFor(variant, config),
    batchSize,
    seed: other,
    engine,
  });
  const onEngine = (body: (engine: Engine) => Promise<void>) => async () => {
    const engine = await given.engine();
    try {
      await body(engine);
    } finally {
      await engine.dispose();
    }
  };
  const inScene = (body: (scene: Scene, engine: Engine) => Promise<void>) =>
    onEngine(async (engine) => {
      const scene = await openScene(at(seed, engine));
      try {
        await body(scene, engine);
      } finally {
        await scene.dispose();
      }
    });

  return [
    {
      name: "declaration",
      proves: "it names its paper, and every setting has a default, a description and a search range within its bounds",
      gate: true,
      run: async () => expectDeclaration(variant),
    },
    {
      name: "shapes",
      proves:
        "networks, phases and views fit together; scores are [N,1] or [N,h,w,1], samples have the shape of real ones",
      gate: true,
      run: onEngine((engine) => expectShapes(at(seed, engine))),
    },
    {
      name: "raw scores",
      proves: "no critic squashes its score",
      run: onEngine((engine) => expectRawScores(at(seed, engine))),
    },
    {
      name: "noise from draws only",
      proves: "no loss and no view makes random numbers by itself",
      gate: true,
      run: onEngine(async (engine) => {
        await (await openScene({ ...at(seed, engine), variant: watchingForRandom(variant) })).dispose();
      }),
    },
    {
      name: "finite terms",
      proves: "every term is a finite number in fifty plays of each phase",
      gate: true,
      run: inScene(expectFinite),
    },
    {
      name: "same seed, same bits",
      proves: "terms, gradients, parameters, moments and states are functions of the seed",
      run: onEngine((engine) => expectSameBits(at(seed, engine))),
    },
    {
      name: "moves only its updates",
      proves:
        "a phase leaves every bit of other networks and memories as it was, and moves the networks that it updates",
      run: onEngine((engine) => expectPhaseMovesOnly(at(seed, engine))),
    },
    {
      name: "noise per sample",
      proves: "every sample of a batch has noise of its own, in phases and in the view that metrics judge",
      run: inScene(async (scene, engine) => {
        await expectNoisePerSample(scene);
        await expectViewPerSample(scene, at(seed, engine));
      }),
    },
    {
      name: "gradients",
      proves: "what each network descends is the slope of the loss that its phase reports, by finite differences",
      run: inScene(expectGradients),
    },
    {
      name: "no leaks",
      proves: "plays leave no tensor behind",
      run: inScene(expectNoLeaks),
    },
    {
      name: "compiled equals reference",
      proves: "terms, gradients and state are those of the reference within 1e-4, and the compiled path was taken",
      run: async (): Promise<Skipped | undefined> => {
        if (!given.reference) return { skipped: "there is no engine to compare with" };
        const [engine, reference] = [await given.engine(), await given.reference()];
        try {
          await expectSame([engine, reference], (other) => at(other, engine), seed);
        } finally {
          await engine.dispose();
          await reference.dispose();
        }
        return undefined;
      },
    },
    {
      name: "checkpoint round trip",
      proves: "a run that goes on from a checkpoint ends with the bits of one that never stopped",
      run: onEngine((engine) => expectExactResume(at(seed, engine))),
    },
    {
      name: "learns the ring",
      proves: "with its own settings it finds at least 6 of 8 Gaussians, with half of its points on them",
      slow: true,
      run: async (): Promise<Skipped | undefined> => {
        const { config: settings = variant.config.parse({}), kimg } = given.ring ?? {};
        const reason = refusal(variant, settings, ringPoints());
        if (reason !== undefined) return { skipped: `it does not play on points: ${reason}` };
        await onEngine((engine) => expectRing({ variant, config: settings, seed, engine }, kimg))();
        return undefined;
      },
    },
  ];
}

/** Equal at one of a few seeds, and compiled unless the engine is no compiler at all. */
async function expectSame(
  engines: readonly [Engine, Engine],
  at: (seed: number) => Parameters<typeof expectSamePrograms>[1],
  seed: number,
): Promise<void> {
  const kinds = await kindsOf(engines[0], at(seed));
  const eager = Object.entries(kinds).find(([, kind]) => kind !== "compiled");
  if (eager && Object.values(kinds).includes("compiled")) throw notCompiled(eager[0], engines[0].name);
  for (let attempt = 0; ; attempt++)
    try {
      await expectSamePrograms(engines, at(seed + attempt));
      return;
    } catch (error) {
      if (attempt + 1 === SEEDS_OF_COMPARISON) throw error;
    }
}

/** Why the variant cannot be played on the data, or undefined when it can. */
function refusal(variant: AnyVariant, config: unknown, data: DataSource): string | undefined {
  try {
    declare(variant, config, data.spec);
    return undefined;
  } catch (error) {
    // A variant that is wrong is wrong on all data: the check of shapes will say so.
    return error instanceof GanError && error.code !== "BAD_CONFIG" ? undefined : (error as Error).message;
  }
}

/** The first of the made-up data sets that the variant plays. @throws GanError BAD_PLUGIN when there is none */
export function dataFor(variant: AnyVariant, config: unknown): DataSource {
  const reasons: string[] = [];
  for (const make of SYNTHETIC) {
    const data = make();
    const reason = refusal(variant, config, data);
    if (reason === undefined) return data;
    reasons.push(reason);
  }
  throw mustHold(
    variant.name,
    "it must play on points, or on images of 28, 32 or 64 pixels",
    reasons[0],
    "give data of its kind to testVariant()",
  );
}

export interface TestVariantOptions extends Partial<TestFramework>, Omit<VariantCase, "variant"> {
  /** Checks that the variant is known not to pass, each with the reason. */
  readonly limits?: readonly Limit[];
  /** Also those that train for minutes. */
  readonly slow?: boolean;
  /** Default: the variant's name. */
  readonly title?: string;
}

/**
 * Declares the whole suite as tests of vitest, jest, mocha or node:test.
 * @example testVariant(mine, { engine: () => OnnxEngine.create({ threads: 1 }), describe, it })
 */
export function testVariant(
  variant: AnyVariant,
  { slow = false, title = variant.name, ...options }: TestVariantOptions,
): void {
  const checks = variantChecks({ ...options, variant });
  declareTests(title, slow ? checks : checks.filter((check) => !check.slow), options);
}
