/** @file The shape of a `parameters` block: what is checked, what editors are told, and the words of its messages. */
import { suggest } from "@gan-arena/core/base";
import { z, type core } from "zod";
import { show } from "../errors.js";

/** Where something is in a document: keys and indices from the root. */
export type Path = readonly (string | number)[];

/** Something wrong, or worth a word, in a document. */
export interface Problem {
  readonly path: Path;
  /** What was expected, what came, what to do; lower case. */
  readonly message: string;
  /** The place is the key itself, not the value behind it. */
  readonly atKey?: boolean;
}

/** An object that refuses keys it does not know and says which one is near. */
export const strict = <S extends z.core.$ZodShape>(shape: S) =>
  z.strictObject(shape, {
    error: (issue) =>
      issue.code === "unrecognized_keys"
        ? `there is no setting "${issue.keys[0]}"; ${suggest(issue.keys[0], Object.keys(shape))}`
        : undefined,
  });

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);

export const DISTRIBUTIONS = [
  "constant",
  "categorical",
  "uniform",
  "q_uniform",
  "int_uniform",
  "log_uniform",
  "q_log_uniform",
  "log_uniform_values",
  "q_log_uniform_values",
  "inv_log_uniform_values",
  "int_log_uniform_values",
  "normal",
  "q_normal",
  "log_normal",
  "q_log_normal",
] as const;

export type DistributionName = (typeof DISTRIBUTIONS)[number];

const conditions = z
  .record(z.string(), z.union([scalar, z.array(scalar)]))
  .describe("active only while each parameter named here has this value, or one of these values");

const definition = strict({
  distribution: z
    .enum(DISTRIBUTIONS)
    .optional()
    .describe("how values are drawn; by default: values are equally likely, whole min and max give whole numbers"),
  min: z.number().optional().describe("smallest value; of log_uniform its natural logarithm"),
  max: z.number().optional().describe("largest value; of log_uniform its natural logarithm"),
  log: z.boolean().optional().describe("uniform in the logarithm: right for learning rates and weights of penalties"),
  int: z.boolean().optional().describe("whole numbers only"),
  step: z.number().positive().optional().describe("only min, min + step, …, max"),
  q: z.number().positive().optional().describe("only multiples of q between min and max"),
  mu: z.number().optional().describe("mean of a normal distribution, of the logarithm for log_normal (default 0)"),
  sigma: z.number().positive().optional().describe("standard deviation, of the logarithm for log_normal (default 1)"),
  value: scalar.optional().describe("a fixed value"),
  values: z.array(scalar).min(1).max(100_000).optional().describe("the values to choose from"),
  probabilities: z.array(z.number().min(0)).optional().describe("how likely each of the values is, in their order"),
  when: conditions.optional(),
  get parameters(): z.ZodOptional<z.ZodRecord<z.ZodString, z.ZodType<Definition | string | number | boolean | null>>> {
    return parametersSchema.optional();
  },
});

/** One parameter as people write it. */
export interface Definition {
  readonly distribution?: DistributionName | undefined;
  readonly min?: number | undefined;
  readonly max?: number | undefined;
  readonly log?: boolean | undefined;
  readonly int?: boolean | undefined;
  readonly step?: number | undefined;
  readonly q?: number | undefined;
  readonly mu?: number | undefined;
  readonly sigma?: number | undefined;
  readonly value?: Scalar | undefined;
  readonly values?: readonly Scalar[] | undefined;
  readonly probabilities?: readonly number[] | undefined;
  readonly when?: Readonly<Record<string, Scalar | readonly Scalar[]>> | undefined;
  readonly parameters?: Definitions | undefined;
}

export type Scalar = string | number | boolean | null;
export type Definitions = Readonly<Record<string, Definition | Scalar>>;

export const parametersSchema: z.ZodRecord<z.ZodString, z.ZodType<Definition | Scalar>> = z
  .record(z.string(), z.union([scalar, definition]))
  .describe("what is searched, by path in the config: optimizer.D.lr, or nested with parameters:");

/** The value, or the first things wrong with it. */
export function check<T>(schema: z.ZodType<T>, value: unknown): { readonly value?: T; readonly problems: Problem[] } {
  const result = schema.safeParse(value, { error: wording, reportInput: true });
  if (result.success) return { value: result.data, problems: [] };
  return { problems: result.error.issues.flatMap((issue) => problemsOf(issue, value, [])) };
}

const EXPECTED: Readonly<Record<string, string>> = {
  int: "a whole number",
  number: "a number",
  string: "a text",
  boolean: "true or false",
  array: "a list",
  object: "a block of settings",
  record: "a block of settings",
};

/** One clause for what zod found: expected, got, what to do. */
function wording(issue: core.$ZodRawIssue): string {
  const got = issue.input === undefined ? "nothing; add it" : `${show(issue.input)}; change it`;
  switch (issue.code) {
    case "invalid_type":
      return `expected ${EXPECTED[issue.expected] ?? issue.expected}, got ${got}`;
    case "too_small":
      return issue.origin === "array"
        ? `expected at least ${issue.minimum} entries, got ${got}`
        : `expected a number ${issue.inclusive === false ? "above" : "of at least"} ${issue.minimum}, got ${got}`;
    case "too_big":
      return issue.origin === "array"
        ? `expected at most ${issue.maximum} entries, got more; leave some out`
        : `expected a number of at most ${issue.maximum}, got ${got}`;
    case "invalid_value": {
      const known = issue.values.map(String);
      return typeof issue.input === "string"
        ? `there is no "${issue.input}" here; ${suggest(issue.input, known)}`
        : `expected one of ${known.join(", ")}, got ${got}`;
    }
    case "invalid_key":
      return `the key is refused, got ${show(issue.input)}; change it`;
    default:
      return issue.message ?? `expected something else, got ${got}`;
  }
}

/** Of a union the branch that fits best is reported: the one whose complaint lies deepest. */
function problemsOf(issue: core.$ZodIssue, root: unknown, base: Path): Problem[] {
  const path = [...base, ...issue.path.map((key) => (typeof key === "symbol" ? String(key) : key))];
  if (issue.code === "unrecognized_keys")
    return issue.keys.slice(0, 1).map((key) => ({ path: [...path, key], message: issue.message, atKey: true }));
  if (issue.code === "invalid_union") {
    const branches = issue.errors.map((issues) => issues.flatMap((inner) => problemsOf(inner, root, path)));
    const depth = (problems: Problem[]) => Math.max(0, ...problems.map((problem) => problem.path.length));
    const best = branches.toSorted((a, b) => depth(b) - depth(a))[0];
    if (best && depth(best) > path.length) return best;
    return [{ path, message: unionWording(issue, branches) }];
  }
  return [{ path, message: issue.message }];
}

function unionWording(issue: core.$ZodIssueInvalidUnion, branches: readonly Problem[][]): string {
  const wanted = branches
    .map((problems) => /^expected (.*?), got/u.exec(problems[0]?.message ?? "")?.[1])
    .filter((text) => text !== undefined);
  const got = issue.input === undefined ? "nothing; add it" : `${show(issue.input)}; change it`;
  return `expected ${[...new Set(wanted)].join(" or ")}, got ${got}`;
}
