import { GanError } from "@gan-arena/core/base";
import { describe, expect, test } from "vitest";
import { COMMANDS } from "./commands/index.js";
import { parse } from "./parse.js";

const AROUND = { version: "1.2.3", columns: 100 };
const selected = (...words: string[]) => {
  const parsed = parse(words, COMMANDS, AROUND);
  if ("output" in parsed) throw new Error(`expected a command, got text: ${parsed.output}`);
  return parsed.selected;
};
const output = (...words: string[]) => {
  const parsed = parse(words, COMMANDS, AROUND);
  if ("selected" in parsed) throw new Error(`expected text, got the command ${parsed.selected.command.name}`);
  return parsed.output;
};

describe("a command and its options", () => {
  test("are typed, whatever their order, with global options anywhere", () => {
    const words = [
      "--home h train --kimg 2.5 gan -d ring --set a.b=[1,2] --set c=1e3 --json",
      "--metrics a,b --metrics=c --checkpoint-kimg .5 --plugin ./x.js",
    ];
    const { command, positionals, options, globals } = selected(...words.join(" ").split(" "));
    expect(command.name).toBe("train");
    expect(positionals).toEqual({ variant: "gan" });
    expect(options).toMatchObject({
      kimg: 2.5,
      dataset: "ring",
      set: ["a.b=[1,2]", "c=1e3"],
      metrics: ["a", "b", "c"],
      checkpointKimg: 0.5,
      data: [],
      seed: undefined,
      events: false,
    });
    expect(globals).toEqual({ home: "h", config: undefined, plugin: ["./x.js"], json: true });
  });

  test("numbers in lists", () => {
    expect(selected("compare", "--seeds", "0, 1,2", "--variants", "gan,dcgan").options).toMatchObject({
      seeds: [0, 1, 2],
      variants: ["gan", "dcgan"],
    });
  });

  test("a value may begin with a minus when it is a number, and hold an equals sign", () => {
    expect(selected("train", "gan", "--set", "x=-1=2").options["set"]).toEqual(["x=-1=2"]);
    expect(() => selected("train", "gan", "--seed", "-1")).toThrow("[--seed] expected an integer >= 0, got -1");
  });

  test.each([
    [["runs"], "runs list"],
    [["runs", "list"], "runs list"],
    [["runs", "show", "x"], "runs show"],
    [["variants"], "variants list"],
  ])("%j is the command %s", (words, name) => expect(selected(...words).command.name).toBe(name));

  test("names of runs may be several", () => {
    expect(selected("runs", "rm", "a", "b").rest).toEqual(["a", "b"]);
  });

  test("names that look like numbers stay text", () => {
    expect(selected("runs", "show", "1e3").positionals).toEqual({ run: "1e3" });
    expect(selected("train", "gan", "--dataset", "1e3").options).toMatchObject({ dataset: "1e3" });
  });
});

describe("a mistake is one sentence with the nearest known name", () => {
  test.each([
    [["trian", "gan"], "UNKNOWN_NAME", '[gan-arena] there is no command "trian"; did you mean "train"?'],
    [["--home", "x", "trian"], "UNKNOWN_NAME", 'there is no command "trian"; did you mean "train"?'],
    [["runs", "lst"], "UNKNOWN_NAME", '[runs] there is no command "lst"; did you mean "list"?'],
    [["train", "gan", "--kmg", "3"], "UNKNOWN_NAME", '[train] there is no option --kmg; did you mean "--kimg"?'],
    [
      ["train", "gan", "--checkpointkimg=3"],
      "UNKNOWN_NAME",
      'no option --checkpointkimg; did you mean "--checkpoint-kimg"?',
    ],
    [["train", "gan", "--sed", "1"], "UNKNOWN_NAME", '[train] there is no option --sed; did you mean "--seed"?'],
    [["--jsn"], "UNKNOWN_NAME", '[gan-arena] there is no option --jsn; did you mean "--json"?'],
    [["train", "gan", "-q"], "UNKNOWN_NAME", "[train] there is no option -q; known: "],
    [["train"], "BAD_CONFIG", "[train] <variant> is missing; the form is: gan-arena train <variant> [options]"],
    [["runs", "rm"], "BAD_CONFIG", "[runs rm] <runs> is missing; the form is: gan-arena runs rm <runs..> [options]"],
    [["train", "gan", "dcgan"], "BAD_CONFIG", '[train] "dcgan" is one argument too many'],
    [["train", "gan", "--kimg"], "BAD_CONFIG", "[train] --kimg needs a value; write --kimg <value>"],
    [["train", "gan", "--kimg", "--set", "a=1"], "BAD_CONFIG", "[train] --kimg needs a value"],
    [["train", "gan", "--kimg", "0"], "BAD_CONFIG", "[--kimg] expected a number > 0, got 0; change it or leave it out"],
    [["train", "gan", "--kimg", "much"], "BAD_CONFIG", '[--kimg] expected a number > 0, got "much"'],
    [["train", "gan", "--kimg", ""], "BAD_CONFIG", '[--kimg] expected a number > 0, got ""'],
    [["train", "gan", "--batch", "1.5"], "BAD_CONFIG", "[--batch] expected an integer from 1 to 65536, got 1.5"],
    [["train", "gan", "--kimg", "1", "--kimg", "2"], "BAD_CONFIG", "--kimg is given twice and takes one value"],
    [["compare", "--seeds", "0,x"], "BAD_CONFIG", '[--seeds] expected an integer >= 0, got "x"'],
    [["compare", "--variants", "gan,,dcgan"], "BAD_CONFIG", "[--variants] expected a,b,…, got nothing"],
    [["train", "gan", "--dataset", ""], "BAD_CONFIG", "[--dataset] expected text, got nothing"],
  ])("%j", (words, code, message) => {
    let thrown: unknown;
    try {
      parse(words, COMMANDS, AROUND);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(GanError);
    expect((thrown as GanError).code).toBe(code);
    expect((thrown as GanError).message).toContain(message);
    expect((thrown as GanError).exitCode).toBe(2);
  });

  test("options of the processes that compare starts are not offered", () => {
    expect(() => selected("train", "gan", "--event")).toThrow(/known: (?!.*--events)/u);
  });
});

describe("help and version", () => {
  test("without a command the help is shown", () => {
    expect(output()).toBe(output("--help"));
  });

  test("the help names every command or its group once, and fits the width", () => {
    const help = output("--help");
    for (const { name } of COMMANDS) expect(help).toContain(`gan-arena ${name.split(" ")[0]}`);
    expect(help.split("\n").every((line) => line.length <= 100)).toBe(true);
  });

  test("the help of a command has its options with their bounds, examples, and nothing hidden", () => {
    const help = output("train", "--help");
    expect(help).toContain("gan-arena train <variant> [options]");
    expect(help.replaceAll(/\s+/gu, " ")).toContain(
      "budget in thousand real images shown to D (default: the variant's) [number > 0]",
    );
    expect(help).toContain("--checkpoint-kimg");
    expect(help).toContain("gan-arena train gan --dataset ring");
    expect(help).not.toContain("--events");
    expect(help).not.toContain("--comparison");
  });

  test("the version alone", () => expect(output("--version")).toBe("1.2.3"));
});
