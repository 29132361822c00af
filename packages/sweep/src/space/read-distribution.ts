/** @file One parameter as people write it, as a distribution. */
import type { ChoiceDistribution, Distribution } from "../contracts.js";
import { stepsOf } from "./distribution.js";
import type { Definition, DistributionName, Problem } from "./schema.js";

type Key = Exclude<keyof Definition, "when" | "parameters">;

/** Which keys each distribution needs and allows beside them. */
const KEYS: Readonly<Record<DistributionName, { readonly needs: readonly Key[]; readonly allows: readonly Key[] }>> = {
  constant: { needs: ["value"], allows: [] },
  categorical: { needs: ["values"], allows: ["probabilities"] },
  uniform: { needs: ["min", "max"], allows: ["step", "log", "int"] },
  q_uniform: { needs: ["min", "max"], allows: ["q", "log"] },
  int_uniform: { needs: ["min", "max"], allows: ["step", "log", "int"] },
  log_uniform: { needs: ["min", "max"], allows: [] },
  q_log_uniform: { needs: ["min", "max"], allows: ["q"] },
  log_uniform_values: { needs: ["min", "max"], allows: ["step", "log", "int"] },
  q_log_uniform_values: { needs: ["min", "max"], allows: ["q", "log"] },
  inv_log_uniform_values: { needs: ["min", "max"], allows: [] },
  int_log_uniform_values: { needs: ["min", "max"], allows: ["step", "log", "int"] },
  normal: { needs: [], allows: ["mu", "sigma"] },
  q_normal: { needs: [], allows: ["mu", "sigma", "q"] },
  log_normal: { needs: [], allows: ["mu", "sigma"] },
  q_log_normal: { needs: [], allows: ["mu", "sigma", "q"] },
};

/** More values than this are a range in all but name. */
const MAX_STEPS = 2 ** 31;

interface ReadDistribution {
  readonly distribution?: Distribution;
  /** Paths from the definition on. */
  readonly problems: readonly Problem[];
  readonly warnings: readonly string[];
}

const wrong = (key: Key | undefined, message: string, atKey = false): ReadDistribution => ({
  problems: [{ path: key === undefined ? [] : [key], message, ...(atKey ? { atKey } : {}) }],
  warnings: [],
});
const right = (distribution: Distribution, ...warnings: string[]): ReadDistribution => ({
  distribution,
  problems: [],
  warnings,
});

/** @param isFraction whether the number behind a key was written as a fraction */
export function readDistribution(definition: Definition, isFraction: (key: Key) => boolean): ReadDistribution {
  const name = definition.distribution ?? guessName(definition);
  if (name === undefined)
    return wrong(undefined, `expected values, value, or min and max, got ${given(definition)}; add what is missing`);
  const { needs, allows } = KEYS[name];
  const missing = needs.find((key) => definition[key] === undefined);
  if (missing !== undefined)
    return wrong(undefined, `${name} needs ${needs.join(" and ")}, got ${given(definition)}; add ${missing}`);
  const allowed = new Set<string>([...needs, ...allows, "distribution", "when"]);
  const extra = Object.keys(definition).find((key) => !allowed.has(key)) as Key | undefined;
  if (extra !== undefined)
    return wrong(extra, `${name} takes ${[...needs, ...allows].join(", ")}, got ${extra}; leave it out`, true);
  if (name === "constant") return right({ kind: "constant", value: definition.value ?? null });
  if (name === "categorical") return readChoice(definition);
  if (name.endsWith("normal")) return readNormal(name, definition);
  return readRange(name, definition, isFraction);
}

const given = (definition: Definition): string => {
  const keys = Object.keys(definition).filter((key) => key !== "when");
  return keys.length === 0 ? "nothing" : keys.join(", ");
};

function guessName({ value, values, min, max, mu, sigma, log, int }: Definition): DistributionName | undefined {
  if (value !== undefined) return "constant";
  if (values !== undefined) return "categorical";
  if (min !== undefined || max !== undefined)
    return log ? (int ? "int_log_uniform_values" : "log_uniform_values") : "uniform";
  return mu !== undefined || sigma !== undefined ? "normal" : undefined;
}

function readChoice({ values = [], probabilities }: Definition): ReadDistribution {
  const twice = values.findIndex((value, i) => values.indexOf(value) < i);
  if (twice >= 0)
    return wrong("values", `each value must be listed once, got ${JSON.stringify(values[twice])} twice; remove one`);
  if (probabilities === undefined) return right({ kind: "choice", values });
  if (probabilities.length !== values.length)
    return wrong(
      "probabilities",
      `expected ${values.length} numbers, one for each value, got ${probabilities.length}; add or remove some`,
    );
  const sum = probabilities.reduce((total, p) => total + p, 0);
  if (!(Math.abs(sum - 1) < 1e-3))
    return wrong("probabilities", `the numbers must have the sum 1, got ${sum}; change them`);
  const choice: ChoiceDistribution = { kind: "choice", values, probabilities: probabilities.map((p) => p / sum) };
  return right(choice);
}

function readNormal(name: DistributionName, { mu = 0, sigma = 1, q }: Definition): ReadDistribution {
  const log = name.endsWith("log_normal");
  if (Math.abs(mu) + 6 * sigma > (log ? 700 : 1e300))
    return wrong(
      "mu",
      `${name} reaches numbers that a computer cannot hold, got mu ${mu} and sigma ${sigma}; use smaller ones`,
    );
  const step = q ?? (name.startsWith("q_") ? 1 : undefined);
  return right({ kind: "normal", mu, sigma, log, ...(step === undefined ? {} : { step }) });
}

function readRange(
  name: DistributionName,
  definition: Definition,
  isFraction: (key: Key) => boolean,
): ReadDistribution {
  const exponent = name === "log_uniform" || name === "q_log_uniform";
  const bound = (key: "min" | "max"): number => (exponent ? Math.exp(definition[key] ?? 0) : (definition[key] ?? 0));
  const [min, max] = [bound("min"), bound("max")];
  if (!Number.isFinite(max) || !Number.isFinite(max - min) || (exponent && min === 0))
    return wrong("max", `the range must fit into a number, got ${definition.min} to ${definition.max}; narrow it`);
  if (min > max) return wrong("min", `min must be at most max, got ${min} above ${max}; swap them`);
  const log = definition.log ?? name.includes("log_");
  if (log && min <= 0)
    return wrong("min", `a logarithmic range must begin above 0, got ${min}; raise min or leave out log`);
  const { int, warnings } = wholeness(name, definition, isFraction);
  if (int && !(Number.isSafeInteger(min) && Number.isSafeInteger(max)))
    return wrong(
      Number.isSafeInteger(min) ? "max" : "min",
      `whole numbers need a whole min and max, got ${min} and ${max}; round them`,
    );
  return withStep(
    { min, max, log, int, ...stepOf(name, definition, int) },
    advise(definition, { log, int, min, max }, warnings),
  );
}

function wholeness(name: DistributionName, definition: Definition, isFraction: (key: Key) => boolean) {
  if (definition.int !== undefined) return { int: definition.int, warnings: [] };
  if (name.startsWith("int_")) return { int: true, warnings: [] };
  const { min, max, step, log, distribution } = definition;
  const whole =
    distribution === undefined &&
    !log &&
    [min, max, step ?? 1].every(Number.isSafeInteger) &&
    !(["min", "max", "step"] as const).some(isFraction);
  if (whole && min === 0 && max === 1)
    return { int: false, warnings: ["0 to 1 is taken as a fraction; write values: [0, 1] for the two whole numbers"] };
  return { int: whole, warnings: [] };
}

function stepOf(name: DistributionName, { step, q }: Definition, int: boolean): { step?: number; anchored?: boolean } {
  if (step !== undefined) return { step };
  if (q !== undefined || name.startsWith("q_")) return { step: q ?? 1, anchored: true };
  return int ? { step: 1 } : {};
}

interface Draft {
  readonly min: number;
  readonly max: number;
  readonly log: boolean;
  readonly int: boolean;
  readonly step?: number;
  /** To multiples of the step. */
  readonly anchored?: boolean;
}

function withStep({ anchored, ...draft }: Draft, warnings: readonly string[]): ReadDistribution {
  const { step, log, int } = draft;
  if (step === undefined) return right({ kind: "range", ...draft }, ...warnings);
  if (int && !Number.isSafeInteger(step))
    return wrong("step", `the step of whole numbers must be whole, got ${step}; round it or write int: false`);
  const min = anchored ? Math.ceil(draft.min / step - 1e-9) * step : draft.min;
  const from = log && anchored && min <= 0 ? step : min; // a logarithm has no 0 among its multiples
  const last = Math.floor((draft.max - from) / step + 1e-9);
  if (!(last >= 0))
    return wrong(
      anchored ? "q" : "step",
      `a multiple of ${step} must lie between ${draft.min} and ${draft.max}, got none; make it smaller`,
    );
  const range = { kind: "range", ...draft, min: from, max: Number((from + last * step).toPrecision(12)) } as const;
  if (stepsOf(range, step) > MAX_STEPS)
    return wrong(
      anchored ? "q" : "step",
      `a range has at most 2^31 steps, got ${stepsOf(range, step)}; make the step larger or leave it out`,
    );
  if (log && from - step / 2 <= 0)
    return wrong(
      "step",
      `half a step below min must be above 0 on a logarithmic range, got min ${from} and step ${step}; make the step smaller`,
    );
  return right(range, ...warnings);
}

/** A learning rate searched on a linear scale is the mistake that is made most often. */
function advise({ distribution }: Definition, range: Draft, warnings: readonly string[]): string[] {
  const wide = range.min > 0 && range.max / range.min >= 1000;
  return wide && !range.log && !range.int && distribution === undefined
    ? [
        ...warnings,
        `${range.min} to ${range.max} is searched on a linear scale; add log: true if its order of magnitude matters`,
      ]
    : [...warnings];
}
