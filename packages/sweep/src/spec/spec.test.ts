import { GanError } from "@gan-arena/core/base";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { checkSpec, parseSpec, type SpecContext } from "./index.js";
import { sweepJsonSchema } from "./json-schema.js";

const CONTEXT: SpecContext = {
  variants: {
    "wgan-gp": { gpLambda: { kind: "logUniform", min: 0.1, max: 100 } },
    dcgan: { lr: { kind: "logUniform", min: 2e-5, max: 2e-3 }, beta1: { kind: "choice", values: [0, 0.5, 0.9] } },
  },
  datasets: ["ring", "mnist"],
  metrics: { swd2k: "lower", modes: "higher" },
  executors: ["local", "ray"],
};

const FULL = `name: quick
method: { type: tpe, startup_trials: 5 }
metric: { name: modes }
variants: [wgan-gp, dcgan]
dataset: ring
seeds: [0, 1, 2]
run_cap: 40
budget: { kimg: 20, hours: 1.5 }
early_terminate:
  type: asha
  min_iter: 2
parameters:
  lr: { min: 1e-5, max: 1e-2, log: true }
  optimizer.D.beta1: { values: [0, 0.5] }
  optimizer:
    parameters:
      G: { parameters: { beta1: { min: 0.0, max: 1.0 } } }
  width: { min: 16, max: 64, when: { variant: dcgan } }
spaces:
  dcgan: default
executor: { type: ray, address: "http://localhost:8265" }
workers: 4
`;

describe("a sweep file", () => {
  it("is read with all defaults filled in", () => {
    const { space, sampler, pruner, ...spec } = parseSpec(FULL, "quick.yaml", CONTEXT);
    expect(spec).toEqual({
      name: "quick",
      objectives: [{ name: "modes", goal: "maximize" }],
      variants: ["wgan-gp", "dcgan"],
      seeds: [0, 1, 2],
      seed: 0,
      data: {},
      metrics: [],
      executor: { name: "ray", settings: { address: "http://localhost:8265" } },
      dataset: "ring",
      workers: 4,
      kimg: 20,
      hours: 1.5,
      trials: 40,
    });
    expect([sampler.name, pruner.name]).toEqual(["tpe", "asha"]);
    // dcgan's own lr takes the place of the general one.
    expect(space.parameters.map(({ id }) => id)).toEqual([
      "variant",
      "optimizer.D.beta1",
      "optimizer.G.beta1",
      "lr{variant=wgan-gp}",
      "lr{variant=dcgan}",
      "width",
      "beta1",
    ]);
  });

  it("takes the variants' own ranges when it names none", () => {
    const { space } = parseSpec("method: random\nrun_cap: 1\nmetric: { name: swd2k }\nvariants: [dcgan]", "f", CONTEXT);
    expect(space.parameters.map(({ path }) => path)).toEqual(["variant", "lr", "beta1"]);
  });

  it("as JSON is the same", () => {
    const json = JSON.stringify({
      method: "grid",
      metric: { name: "swd2k" },
      parameters: { a: { values: [1, 2, 3] } },
    });
    expect(parseSpec(json, "f.json")).toMatchObject({ trials: 3, size: 3 });
  });

  it("a whole-numbered range is one of whole numbers, unless a bound is written 1.0, or it is 0 to 1", () => {
    const read = (range: string) =>
      parseSpec(`method: random\nrun_cap: 1\nmetric: { name: m }\nparameters: { a: ${range} }`, "f").space.parameters[0]
        .distribution;
    expect(read("{ min: 1, max: 9 }")).toMatchObject({ int: true, step: 1 });
    expect(read("{ min: 1.0, max: 9 }")).toMatchObject({ int: false });
    expect(read("{ min: 0, max: 1 }")).toMatchObject({ int: false });
    expect(read("{ distribution: q_uniform, min: 1, max: 9, q: 2.5 }")).toMatchObject({
      min: 2.5,
      max: 7.5,
      step: 2.5,
    });
    expect(read("{ distribution: log_uniform, min: 0, max: 2 }")).toMatchObject({
      min: 1,
      max: Math.exp(2),
      log: true,
    });
  });

  it("warns of a learning rate that is searched on a linear scale", () => {
    const { warnings } = checkSpec(
      "method: random\nrun_cap: 1\nmetric: { name: m }\nparameters:\n  lr: { min: 1.e-5, max: 0.1 }",
    );
    expect(warnings).toMatchObject([{ line: 5, message: expect.stringContaining("add log: true") }]);
  });
});

const head = "method: random\nmetric: { name: swd2k }\nrun_cap: 9\n";

describe("what is wrong has a line, a column and a remedy", () => {
  it.each([
    ["", "f.yaml:1:1 method] expected a text or a block of settings, got nothing; add it"],
    ["a: [", "f.yaml:1:"],
    ["a: 1\na: 2", "f.yaml:2:1] map keys must be unique"],
    ["metod: random", 'f.yaml:1:1 metod] there is no setting "metod"; did you mean "method"?'],
    ["program: train.py", "gan-arena runs its own train command"],
    [
      `${head}parameters: { lr: { min: 1, maxx: 2 } }`,
      'f.yaml:4:29 parameters.lr.maxx] there is no setting "maxx"; did you mean "max"?',
    ],
    [
      `${head}parameters: { lr: { distribution: unifrm } }`,
      'f.yaml:4:35 parameters.lr.distribution] there is no "unifrm" here; did you mean "uniform"?',
    ],
    [
      `${head}parameters: { lr: { min: 0, max: 1, log: true } }`,
      "f.yaml:4:26 parameters.lr.min] a logarithmic range must begin above 0, got 0",
    ],
    [`${head}parameters: { lr: { min: 1, max: [2] } }`, "expected a number, got [2]"],
    [`${head}parameters: { o: { values: [adam, sgd] }, m: { value: 1, when: { o: sdg } } }`, 'did you mean "sgd"?'],
    [
      `${head}parameters: { o: { values: [adam, sgd] }, m: { value: 1, when: { p: sgd } } }`,
      'there is no parameter "p"; did you mean "o"?',
    ],
    [`${head}parameters: { a: { value: 1, when: { b: 1 } }, b: { value: 1, when: { a: 1 } } }`, "go in a circle"],
    [`${head}parameters: { o: { min: 1, max: 2000000000 }, m: { value: 1, when: { o: 3 } } }`, '"o" is a range'],
    [`${head}parameters: { a: 1, a.b: 2 }`, '"a.b" lies inside "a"'],
    [`${head}parameters: { a..b: 2 }`, "expected a path of names joined by dots"],
    [`${head}variants: [wgan-pg]`, 'f.yaml:4:12 variants.0] there is no variant "wgan-pg"; did you mean "wgan-gp"?'],
    [`${head}variants: [dcgan]\nspaces: { dcgn: default }`, 'did you mean "dcgan"?'],
    [
      `${head}variants: [dcgan]\ndataset: rign`,
      'f.yaml:5:10 dataset] there is no data set "rign"; did you mean "ring"?',
    ],
    [`${head}variants: [dcgan]\nexecutor: rya`, 'there is no executor "rya"; did you mean "ray"?'],
    [
      `${head}variants: [dcgan]\nearly_terminate: { type: asha, etta: 3 }`,
      'asha has no option "etta"; did you mean "eta"?',
    ],
    [`${head}variants: [dcgan]\nseeds: [1, 1]`, "each seed must be listed once"],
    ["method: tpe\nmetric: { name: modes }\nparameters: { a: { min: 0.5, max: 1 } }", "add run_cap"],
    [
      "method: grid\nmetric: { name: modes }\nparameters:\n  a: { min: 0.5, max: 1 }",
      "f.yaml:4:6 parameters.a] a grid needs values",
    ],
    [
      "method: tpe\nrun_cap: 2\nmetric: [{ name: modes }, { name: seconds }]\nparameters: { a: 1 }\nearly_terminate: asha",
      "a pruner looks at one objective, got 2",
    ],
    ["a: &a [*a]", "f.yaml:"],
    [`x: ${"[".repeat(5000)}`, "at most 200 levels"],
    [`x:\n ${"[\n ".repeat(5000)}`, "at most 200 levels"],
  ])("%j", (text, words) => {
    expect(() => parseSpec(text, "f.yaml", CONTEXT)).toThrow(words);
    expect(() => parseSpec(text, "f.yaml", CONTEXT)).toThrow(/^\[f\.yaml:\d+:\d+/u);
  });

  it("aliases that grow without end are refused at once", () => {
    const bomb = Array.from(
      { length: 12 },
      (_, i) =>
        `a${i}: &a${i} [${
          i === 0
            ? "x"
            : Array(9)
                .fill(`*a${i - 1}`)
                .join(", ")
        }]`,
    );
    const started = performance.now();
    expect(() => parseSpec(bomb.join("\n"), "f.yaml")).toThrow(/^\[f\.yaml:\d+:\d+/u);
    expect(performance.now() - started).toBeLessThan(2000);
  });
});

/** Values that a file may hold anywhere, sensible or not. */
const anything = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      "adam",
      "lr",
      "tpe",
      "grid",
      "default",
      "dcgan",
      "asha",
      "log_uniform_values",
      "__proto__",
      "",
    ),
  },
  { weight: 4, arbitrary: fc.constantFrom(0, 1, -1, 3, 0.5, 1e-5, 1e300, -1e300, Number.NaN, Infinity, 2 ** 53) },
  { weight: 2, arbitrary: fc.jsonValue({ maxDepth: 2 }) },
  { weight: 1, arbitrary: fc.constantFrom(null, true, false, [], {}) },
);
const KEYS = [
  "min",
  "max",
  "values",
  "value",
  "step",
  "q",
  "log",
  "int",
  "mu",
  "sigma",
  "distribution",
  "when",
  "parameters",
  "probabilities",
  "mn",
  "constructor",
];
const definition = fc.dictionary(fc.constantFrom(...KEYS), anything, { maxKeys: 4 });
const generated = fc.record(
  {
    method: fc.oneof(
      fc.constantFrom("grid", "random", "tpe", "sobol", "nsga2", "bayes"),
      anything,
      fc.dictionary(fc.constantFrom("type", "startup_trials", "x"), anything),
    ),
    metric: fc.oneof(
      fc.constant({ name: "swd2k" }),
      anything,
      fc.array(fc.dictionary(fc.constantFrom("name", "goal", "target"), anything)),
    ),
    parameters: fc.dictionary(
      fc.constantFrom("lr", "opt", "a.b", "a", "variant", "toString", "__proto__"),
      fc.oneof(definition, anything),
    ),
    variants: fc.oneof(fc.array(fc.constantFrom("dcgan", "wgan-gp", "x")), anything),
    spaces: fc.oneof(
      fc.dictionary(
        fc.constantFrom("dcgan", "wgan-gp"),
        fc.oneof(fc.dictionary(fc.constantFrom("lr", "b"), definition), anything),
      ),
      anything,
    ),
    seeds: anything,
    run_cap: fc.oneof(fc.integer({ min: 1, max: 9 }), anything),
    early_terminate: fc.oneof(fc.dictionary(fc.constantFrom("type", "eta", "min_iter"), anything), anything),
    budget: fc.oneof(fc.dictionary(fc.constantFrom("kimg", "hours"), anything), anything),
    executor: anything,
  },
  { requiredKeys: [] },
);

/** A text in which some stretches are cut out, doubled or replaced. */
const mutated = fc
  .tuple(
    fc.oneof(
      fc.constant(FULL),
      generated.map((spec) => stringify(spec)),
      generated.map((spec) => JSON.stringify(spec)),
    ),
    fc.array(
      fc.tuple(
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.nat(12),
        fc.oneof(
          fc.constantFrom("", ":", "- ", "\n", "{", "[", "&a ", "*a", "!!x ", "\t", "? ", "|", "<<: ", "\0", "💥"),
          fc.string({ maxLength: 5 }),
        ),
      ),
      { maxLength: 4 },
    ),
  )
  .map(([text, edits]) =>
    edits.reduce((so, [where, length, by]) => {
      const at = Math.floor(where * so.length);
      return so.slice(0, at) + by + so.slice(at + length);
    }, text),
  );

/** Undefined when it is read; anything but a user's error is thrown. */
function refusalOf(text: string): string | undefined {
  try {
    parseSpec(text, "f.yaml", CONTEXT);
    return undefined;
  } catch (error) {
    if (error instanceof GanError && error.exitCode === 2) return error.message;
    throw error;
  }
}

it("10,000 generated and mutated files are read, or refused with file, line and column", { timeout: 120_000 }, () => {
  let [read, refused] = [0, 0];
  fc.assert(
    fc.property(mutated, (text) => {
      const message = refusalOf(text);
      if (message === undefined) read++;
      else {
        refused++;
        const line = Number(/^\[f\.yaml:(\d+):\d+[^\n]*\] \S/u.exec(message)?.[1] ?? 0);
        if (line < 1 || line > text.split("\n").length) throw new Error(`no place in: ${message}`);
      }
    }),
    { numRuns: 10_000, seed: 7 },
  );
  expect(Math.min(read, refused)).toBeGreaterThan(300);
});

it("the published JSON schema is the one that files are checked with", async () => {
  await expect(`${JSON.stringify(sweepJsonSchema(), null, 2)}\n`).toMatchFileSnapshot("../../schema.json");
});
