/** @file Runs the conformance suite on the variants of a plugin, or on one that is registered already. */
import {
  allOf,
  badPlugin,
  createContainer,
  ENGINE,
  named,
  VARIANT,
  type AnyVariant,
  type DependencyContainer,
  type Engine,
} from "@gan-arena/core/base";
import type { CheckResult } from "@gan-arena/core/testing";
import type { Assignment } from "../config/assignment.js";
import { assignAll } from "../config/assignments.js";
import type { Context } from "../context.js";
import { loadPlugin } from "../plugins/load.js";
import { makeEngine, type EngineChoice } from "../runs/engine.js";

export interface CheckRequest {
  /** A path, a package, or the name of a registered variant. */
  readonly target: string;
  readonly set: readonly Assignment[];
  readonly engine: EngineChoice;
  /** Without the checks that train for minutes. */
  readonly quick: boolean;
  readonly onBegin?: (variant: string, about: { readonly data: string; readonly settings: string }) => void;
  readonly onResult?: (result: CheckResult) => void;
}

export interface VariantReport {
  readonly variant: string;
  readonly passed: boolean;
  readonly checks: readonly CheckResult[];
}

/** The engine whose arithmetic is plain JavaScript: what others are compared with. */
const REFERENCE = "cpu";

/** @throws GanError UNKNOWN_NAME, BAD_PLUGIN when the target cannot be loaded or brings no variant; BAD_CONFIG */
export async function checkPlugin(context: Context, request: CheckRequest): Promise<readonly VariantReport[]> {
  const container = await context.compose(["variants", "engines"]);
  const variants = await variantsOf(container, request.target);
  const reports: VariantReport[] = [];
  for (const variant of variants) reports.push(await checkOne(container, variant, request));
  return reports;
}

async function checkOne(
  container: DependencyContainer,
  variant: AnyVariant,
  request: CheckRequest,
): Promise<VariantReport> {
  const { dataFor, runChecks, smallConfig, variantChecks } = await import("@gan-arena/core/testing");
  const given = assignAll(variant.config, request.set, "--set");
  const { config, changed } = smallConfig(
    variant,
    given,
    request.set.map(({ path }) => path),
  );
  const factory = request.engine.engine;
  const makes = (engine: string) => (): Promise<Engine> => makeEngine(container, { ...request.engine, engine });
  const engine = await makes(factory)();
  await engine.dispose();
  const comparable = engine.name !== REFERENCE && allOf(container, ENGINE).some(({ name }) => name === REFERENCE);
  const data = attempt(() => dataFor(variant, config));
  request.onBegin?.(variant.name, {
    data: data?.spec.name ?? "none",
    settings: Object.entries(changed)
      .map(([path, value]) => `${path}=${value}`)
      .join(" "),
  });
  const checks = variantChecks({
    variant,
    config,
    ...(data ? { data } : {}),
    engine: makes(factory),
    ...(comparable ? { reference: makes(REFERENCE) } : {}),
    ring: { config: given },
  });
  const chosen = request.quick ? checks.filter(({ slow }) => !slow) : checks;
  const results = await runChecks(chosen, request.onResult);
  return { variant: variant.name, passed: results.every(({ status }) => status !== "failed"), checks: results };
}

/** What the suite itself will complain about in its own words. */
function attempt<T>(body: () => T): T | undefined {
  try {
    return body();
  } catch {
    return undefined;
  }
}

async function variantsOf(container: DependencyContainer, target: string): Promise<readonly AnyVariant[]> {
  const known = allOf(container, VARIANT).map(({ name }) => name);
  if (known.includes(target)) return [named(container, VARIANT, target, "variant")];
  const own = createContainer();
  await loadPlugin(own, { specifier: target, base: process.cwd() });
  const variants = allOf(own, VARIANT);
  if (variants.length === 0)
    throw badPlugin(`plugin ${target}`, "it registers no variant; register one under the token VARIANT");
  return variants;
}
