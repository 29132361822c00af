/**
 * @file Whatever the user gets wrong: exit code 2, one sentence on stderr that says what to do, no stack, nothing lost.
 */
import { beforeAll, describe, expect, it } from "vitest";
import { cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { arena, fingerprint, suiteFolder, TINY, trainTiny } from "../support/command.js";
import { ROOT } from "../support/repository.js";

const plugin = (name: string): string => join(ROOT, "tests", "e2e", "plugins", `${name}.js`);

/** A home with one finished run: what must not be lost. */
let home: string;
let runId: string;
const folder = suiteFolder();
beforeAll(async () => {
  home = join(folder, "home");
  ({ runId } = await trainTiny(home));
});

const write = (name: string, text: string): string => {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
};

const RING = ["train", "gan", "--dataset", "ring", ...TINY];
const train = (...words: string[]): string[] => [...RING, ...words];

interface Row {
  readonly what: string;
  readonly words: readonly string[] | (() => readonly string[]);
  /** All of them are in the sentence. */
  readonly says: readonly string[];
  /** The run starts and is recorded as failed, beside what was there. */
  readonly starts?: boolean;
}

async function outcomeOf({ words }: Row) {
  const before = fingerprint(home);
  const given = typeof words === "function" ? words() : words;
  const { code, stdout, stderr } = await arena([...given, "--home", home]);
  const after = fingerprint(home);
  return {
    code,
    stdout,
    sentence: stderr
      .split("\n")
      .filter((line) => line.startsWith("error:"))
      .join("\n"),
    others: stderr.split("\n").filter((line) => line !== "" && !line.startsWith("error:")),
    lost: Object.keys(before).filter((file) => after[file] !== before[file]),
    added: Object.keys(after).filter((file) => !(file in before)),
  };
}

const odd = (fault: string, ...more: string[]): string[] => [
  ..."train odd --dataset ring --kimg 0.32 --batch 32 --threads 1 --plugin".split(" "),
  plugin("odd-variant"),
  "--set",
  `fault=${fault}`,
  ...more,
];

const ROWS: readonly Row[] = [
  { what: "an unknown command", words: ["trian"], says: ['no command "trian"', 'did you mean "train"?'] },
  { what: "an unknown subcommand", words: ["runs", "lsit"], says: ['no command "', "lsit", 'did you mean "', "list"] },
  {
    what: "an unknown variant",
    words: ["train", "dcgna", "--dataset", "ring"],
    says: ['no variant "dcgna"', 'did you mean "dcgan"?', "known: cyclegan, dcgan, gan"],
  },
  {
    what: "an unknown variant among several",
    words: ["compare", "--variants", "gan,dcgn", "--dataset", "mnist"],
    says: ['no variant "dcgn"', 'did you mean "dcgan"?'],
  },
  { what: "an unknown variant to show", words: ["variants", "show", "gann"], says: ['did you mean "gan"?'] },
  {
    what: "an unknown data set",
    words: ["train", "gan", "--dataset", "mnits"],
    says: ['no data set "mnits"', 'did you mean "mnist"?'],
  },
  {
    what: "an unknown metric",
    words: train("--metrics", "mode2500"),
    says: ['no metric "mode2500"', 'did you mean "modes2500"?'],
  },
  {
    what: "a metric that cannot judge the data",
    words: ["train", "gan", "--dataset", "ring", "--metrics", "swd-pixels2k"],
    says: ["swd-pixels2k", "cannot judge ring", "swd-points2k"],
  },
  { what: "an unknown engine", words: train("--engine", "onx"), says: ['no engine "onx"', 'did you mean "onnx"?'] },
  { what: "an unknown option", words: train("--sead", "1"), says: ["no option --sead", 'did you mean "--seed"?'] },
  { what: "an option without its value", words: train("--seed"), says: ["--seed needs a value"] },
  { what: "an argument too many", words: train("more"), says: ['"more" is one argument too many'] },
  { what: "an argument that is missing", words: ["train"], says: ["<variant> is missing"] },
  { what: "no data set", words: ["train", "gan"], says: ["no data set is named", "--dataset"] },
  {
    what: "an unknown setting",
    words: train("--set", "hiden=3"),
    says: ['no setting "hiden"', 'did you mean "hidden"?'],
  },
  {
    what: "an unknown setting of the data set",
    words: train("--data", "mods=3"),
    says: ['no setting "mods"', 'did you mean "modes"?'],
  },
  { what: "a setting that is no assignment", words: train("--set", "hidden"), says: ["--set", "path=value"] },
  {
    what: "a setting out of bounds",
    words: train("--set", "zDim=0"),
    says: ["--set zDim", "an integer from 1 to 4096", "got 0", "leave it out for the default"],
  },
  { what: "a setting of a wrong type", words: train("--set", "hidden=many"), says: ["an integer", 'got "many"'] },
  {
    what: "a setting that is none of the choices",
    words: train("--set", "loss=cosine"),
    says: ["nonSaturating", "minimax", 'got "cosine"'],
  },
  { what: "a data setting out of bounds", words: train("--data", "modes=0"), says: ["an integer from 1", "got 0"] },
  {
    what: "a budget of nothing",
    words: ["train", "gan", "--dataset", "ring", "--kimg", "0"],
    says: ["--kimg", "a number > 0", "got 0"],
  },
  {
    what: "a budget of NaN",
    words: ["train", "gan", "--dataset", "ring", "--kimg", "NaN"],
    says: ["--kimg", "a number > 0"],
  },
  { what: "a negative seed", words: train("--seed", "-1"), says: ["--seed", "an integer >= 0", "got -1"] },
  {
    what: "a broken seed in a list",
    words: ["compare", "--variants", "gan", "--dataset", "ring", "--seeds", "0,x"],
    says: ["--seeds", 'got "x"'],
  },
  {
    what: "a variant that cannot be played on the data",
    words: ["train", "dcgan", "--dataset", "ring"],
    says: ["square images of 28, 32 or 64 pixels", '"ring"', "choose another data set"],
  },
  {
    what: "an unknown key in the config file",
    words: () => train("--config", write("key.yaml", "defaults:\n  seeed: 3\n")),
    says: ["key.yaml:2", 'no setting "defaults.seeed"', 'did you mean "defaults.seed"?'],
  },
  {
    what: "a value out of bounds in the config file",
    words: () => train("--config", write("value.yaml", "defaults:\n  seed: -3\n")),
    says: ["value.yaml:2 defaults.seed", "got -3"],
  },
  {
    what: "a config file that is no YAML",
    words: () => train("--config", write("torn.yaml", "defaults: [1,\n")),
    says: ["torn.yaml:", "not valid YAML"],
  },
  {
    what: "a config file that is not there",
    words: train("--config", "none.yaml"),
    says: ["none.yaml", "no such file"],
  },
  { what: "an unknown run", words: ["resume", "nope"], says: ['no run "nope"', "known: "] },
  { what: "an unknown run to sample", words: ["sample", "nope"], says: ['no run "nope"'] },
  { what: "an unknown run to export", words: ["export", "nope"], says: ['no run "nope"'] },
  {
    what: "an unknown run to remove, beside one that exists",
    words: () => ["runs", "rm", runId, "nope"],
    says: ['no run "nope"'],
  },
  { what: "an unknown comparison", words: ["report", "nope"], says: ['no comparison "nope"'] },
  {
    what: "an unknown view",
    words: () => ["sample", runId, "--view", "sample"],
    says: ['no view "sample"', 'did you mean "samples"?'],
  },
  {
    what: "a plugin that is not there",
    words: train("--plugin", "./missing"),
    says: ["plugin ./missing", "no file or folder"],
  },
  {
    what: "a plugin that is not installed",
    words: train("--plugin", "gan-arena-nobody"),
    says: ["plugin gan-arena-nobody", "npm install"],
  },
  {
    what: "a plugin that throws at load",
    words: train("--plugin", plugin("throws-at-load")),
    says: ["throws-at-load.js", "the licence server is away", "leave it out"],
  },
  {
    what: "a plugin without register",
    words: train("--plugin", plugin("no-register")),
    says: ["no function register(container)", "it exports: variant"],
  },
  {
    what: "a plugin whose register throws",
    words: train("--plugin", plugin("throws-in-register")),
    says: ["register() throws", "no such table"],
  },
  {
    what: "a plugin that registers nothing",
    words: train("--plugin", plugin("registers-nothing")),
    says: ["registers nothing"],
  },
  {
    what: "a plugin that registers half a variant",
    words: train("--plugin", plugin("not-a-variant")),
    says: ['the variant "half"', "`config`", "zod"],
  },
  {
    what: "a plugin whose name is taken",
    words: train("--plugin", plugin("taken-name")),
    says: ['the metric "modes2500"', "is taken", "rename it"],
  },
  { what: "a generator of a wrong shape", words: odd("sample-shape"), says: ["[3,1]", "[2,1]"] },
  {
    what: "a term that is no scalar",
    words: odd("term-shape"),
    says: ["odd/critic", 'term "wrong"', "must be a scalar", "[32,1]"],
  },
  { what: "a loss without terms", words: odd("no-term"), says: ["odd/critic", "no terms"] },
  { what: "a loss that throws", words: odd("throws"), says: ["odd/critic", "x.foo is not a function"] },
  {
    what: "a network that returns nothing",
    words: odd("network"),
    says: ["[D] the network must return a tensor", "got undefined"],
  },
  { what: "a phase of an unknown network", words: odd("unused"), says: ["odd/critic", 'no network "E"'] },
  {
    what: "a term that is NaN",
    words: odd("term-nan"),
    says: ["odd/critic", '"D/distance"', "got NaN", "kimg"],
    starts: true,
  },
  {
    what: "a data set of a wrong shape",
    words: odd("none", "--plugin", plugin("odd-data")).map((word) => (word === "ring" ? "odd-data" : word)),
    says: ["odd-data", "[32,2]", "[32,3]"],
    starts: true,
  },
  {
    what: "a metric that returns text",
    words: odd("none", "--plugin", plugin("odd-data"), "--metrics", "odd-metric"),
    says: ["odd-metric", "a number", '"good"'],
    starts: true,
  },
];

// One after the other: each looks at the whole home before and after.
describe("bad input is refused", () => {
  it.each(ROWS)("$what", async (row) => {
    const { code, stdout, sentence, others, lost, added } = await outcomeOf(row);
    expect(sentence).toMatch(/^error: \[.+\] .+$/u);
    for (const word of row.says) expect(sentence).toContain(word);
    expect({ code, stdout, lost }).toEqual({ code: 2, stdout: "", lost: [] });
    expect(others.filter((line) => /^\s+at /u.test(line))).toEqual([]);
    // Nothing else is said and nothing is written, unless a run began.
    expect({ said: others.length > 0, wrote: added.length > 0 }).toEqual({
      said: row.starts ?? false,
      wrote: row.starts ?? false,
    });
  });

  it("two config files", async () => {
    const cwd = join(folder, "two");
    cpSync(join(ROOT, "tests", "e2e", "plugins"), cwd, { recursive: true });
    for (const extension of ["yaml", "json"]) writeFileSync(join(cwd, `gan-arena.config.${extension}`), "{}");
    const { code, stderr } = await arena(["variants"], { cwd });
    expect(stderr).toMatch(
      /^error: .*two config files, gan-arena\.config\.yaml and gan-arena\.config\.json; keep one of them\n$/u,
    );
    expect(code).toBe(2);
  });

  it("with --json the error is one JSON document too", async () => {
    const { code, stdout, stderr } = await arena(["train", "gna", "--dataset", "ring", "--json"]);
    expect(code).toBe(2);
    const { error } = JSON.parse(stdout) as { error: { code: string; message: string } };
    expect(error.code).toBe("UNKNOWN_NAME");
    expect(stderr).toBe(`error: ${error.message}\n`);
  });
});
