import { describe, expect, test } from "vitest";
import { z } from "zod";
import { readAssignment } from "./assignment.js";
import { assignAll } from "./assignments.js";

const schema = z.object({
  zDim: z.int().min(1).max(512).default(128).describe("length of z"),
  lr: z.number().gt(0).default(1e-3),
  augment: z.boolean().default(false),
  note: z.string().default(""),
  size: z.union([z.literal(28), z.literal(32)]).default(28),
  width: z.union([z.literal("auto"), z.int().min(1)]).default("auto"),
  layers: z.array(z.int()).default([128]),
  adam: z.object({ beta1: z.number().default(0.5), beta2: z.number().default(0.999) }).prefault({}),
});
const assign = (...words: string[]) =>
  assignAll(
    schema,
    words.map((word) => readAssignment(word, "--set")),
    "--set",
  );
const defaults = assign();

describe("assignments", () => {
  test.each([
    [["zDim=64"], { zDim: 64 }],
    [["lr=2e-4"], { lr: 0.0002 }],
    [["lr=.5"], { lr: 0.5 }],
    [["augment=true"], { augment: true }],
    [["note=1e3"], { note: "1e3" }],
    [["note=a=b"], { note: "a=b" }],
    [["note="], { note: "" }],
    [["size=32"], { size: 32 }],
    [["width=auto"], { width: "auto" }],
    [["width=8"], { width: 8 }],
    [["layers=[256,128]"], { layers: [256, 128] }],
    [["zDim=1", "zDim=2"], { zDim: 2 }],
    [["adam.beta1=0"], { adam: { beta1: 0, beta2: 0.999 } }],
    [["adam.beta1=0", "adam.beta2=0.9"], { adam: { beta1: 0, beta2: 0.9 } }],
    [['adam={"beta1":0}', "adam.beta2=0.9"], { adam: { beta1: 0, beta2: 0.9 } }],
  ])("%j is typed by the schema", (words, expected) => {
    expect(assign(...words)).toEqual({ ...defaults, ...expected });
  });

  test.each([
    ["zDm=3", '[--set zDm] there is no setting "zDm"; did you mean "zDim"?'],
    ["adam.beta3=3", 'there is no setting "adam.beta3"; did you mean "adam.beta1"?'],
    ["zDim.x=3", 'there is no setting "zDim.x"; did you mean "zDim"?'],
    ["zDim=0", "[--set zDim] expected an integer from 1 to 512 (length of z), got 0; leave it out for the default 128"],
    ["zDim=many", '[--set zDim] expected an integer from 1 to 512 (length of z), got "many"'],
    ["augment=yes", '[--set augment] expected true or false, got "yes"; leave it out for the default false'],
    ["zDim=", '[--set zDim] expected an integer from 1 to 512 (length of z), got ""'],
    ["layers=128", "[--set layers] expected a list, got 128"],
    ["zDim", '[--set] expected path=value, got "zDim"; write for example --set zDim=64'],
    ["=3", '[--set] expected path=value, got "=3"'],
    ["constructor=1", 'there is no setting "constructor"'],
    ["__proto__.x=1", 'there is no setting "__proto__.x"'],
  ])("%s is refused", (word, message) => {
    expect(() => assign(word)).toThrow(message);
  });

  test("a target before a colon means one variant", () => {
    expect(readAssignment("dcgan:zDim=64", "--set")).toEqual({ target: "dcgan", path: "zDim", text: "64" });
    expect(readAssignment("note=a:b=c", "--set")).toEqual({ path: "note", text: "a:b=c" });
  });
});
