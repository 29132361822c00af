/** @file The table of measured lowerings on disk, and what an engine makes of it. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { tf } from "@gan-arena/core";
import type { Signature, TensorFunction } from "@gan-arena/core/base";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { OnnxEngine } from "../runtime/onnx-engine.js";
import { trace } from "../trace/trace.js";
import { chooseLowerings, lacksChoices, unusualChoices } from "./choose.js";
import { LoweringTable, listTables } from "./table.js";

let folder: string;
let notes: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "gan-arena-lowerings-"));
  notes = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const note = (text: string): void => void notes.push(text);
const KEY = { onnxruntime: "1.0.0", threads: 1, block: 16 };
const open = (): LoweringTable => new LoweringTable({ folder, note, ...KEY });
const lacksA = (known: Readonly<Record<string, string>>): boolean => !("a" in known);
const never = (): Promise<never> => Promise.reject(new Error("it was measured again"));

describe("the table", () => {
  it("keeps what was measured, for this ONNX Runtime, these threads and this block only", async () => {
    expect(await open().complete(lacksA, () => Promise.resolve({ a: "cells" }))).toEqual({ a: "cells" });
    expect(await open().complete(lacksA, never)).toEqual({ a: "cells" });
    for (const other of [{ onnxruntime: "1.0.1" }, { threads: 2 }, { block: 8 }])
      expect(new LoweringTable({ folder, note, ...KEY, ...other }).read()).toEqual({});
    expect(listTables(folder)).toEqual([{ path: open().path, entries: 1 }]);
    expect(notes).toEqual([`note: timing the lowerings of convolutions once, for ${open().path}`]);
  });

  it("does not change an entry: what another process wrote meanwhile is kept", async () => {
    await open().complete(lacksA, () => Promise.resolve({ a: "cells" }));
    const { path } = open();
    const theirs = readFileSync(path, "utf8").replace('"a"', '"b"').replace('"cells"', '"taps"');
    const written = await open().complete(
      (known) => !("c" in known),
      () => {
        writeFileSync(path, theirs);
        return Promise.resolve({ b: "cells", c: "standard" });
      },
    );
    expect(written).toEqual({ b: "taps", c: "standard" });
    expect(open().read()).toEqual(written);
  });

  it("is measured by one at a time: the other waits, and takes what is there then", async () => {
    let measured = 0;
    const measure = async (): Promise<{ a: string }> => {
      await new Promise((resolve) => setTimeout(resolve, 50));
      return { a: String(++measured) };
    };
    const all = await Promise.all([1, 2, 3].map(() => open().complete(lacksA, measure)));
    expect(all).toEqual([{ a: "1" }, { a: "1" }, { a: "1" }]);
  });

  it.each([
    ["is cut off", (text: string) => text.slice(0, 20)],
    ["is empty", () => ""],
    ["is of another format", (text: string) => text.replace('"format": 1', '"format": 0')],
    ["has no names", (text: string) => text.replace('"cells"', "7")],
  ])("measures anew, says so once and writes again when the file %s", async (_, damage) => {
    await open().complete(lacksA, () => Promise.resolve({ a: "cells" }));
    const { path } = open();
    writeFileSync(path, damage(readFileSync(path, "utf8")));
    notes = [];
    expect(await open().complete(lacksA, () => Promise.resolve({ a: "taps" }))).toEqual({ a: "taps" });
    expect(notes.filter((text) => text.includes("measured anew"))).toHaveLength(1);
    expect(open().read()).toEqual({ a: "taps" });
  });

  it("takes over the lock of a process that is gone", async () => {
    const { pid } = spawnSync(process.execPath, ["-e", ""]);
    writeFileSync(`${open().path}.lock`, `${pid}\n`);
    expect(await open().complete(lacksA, () => Promise.resolve({ a: "cells" }))).toEqual({ a: "cells" });
    expect(existsSync(`${open().path}.lock`)).toBe(false);
  });

  it("measures nothing where nothing can be kept, and says so", async () => {
    const file = join(folder, "file");
    writeFileSync(file, "");
    const table = new LoweringTable({ folder: file, note, ...KEY });
    expect(await table.complete(lacksA, never)).toEqual({});
    expect(notes).toEqual([expect.stringContaining("cannot be kept")]);
  });
});

/** A transposed convolution to one channel, which has at least two lowerings on every processor with blocked kernels. */
const signature: Signature = {
  name: "scene",
  inputs: { x: { shape: [2, 8, 8, 32], dtype: "float32" }, w: { shape: [4, 4, 1, 32], dtype: "float32" } },
  state: {},
};
const fn: TensorFunction = ({ x, w }) => ({
  outputs: { y: tf.conv2dTranspose(x as tf.Tensor4D, w as tf.Tensor4D, [2, 16, 16, 1], [2, 2], "same") },
  state: {},
});
const NODE = "ConvInputGrad 2x8x8x32 4x4x1x32 -> 2x16x16x1 s2,2 d1,1 p1,1,1,1";
/** Without blocked kernels there is one lowering, and nothing to choose. */
const { block } = (await OnnxEngine.create({ threads: 1 })).policy;

describe.runIf(block > 0)("an engine", () => {
  const tuned = async (): Promise<OnnxEngine> => {
    const engine = await OnnxEngine.create({ threads: 1, lowerings: { folder, note } });
    await engine.tune([{ fn, signature }]);
    return engine;
  };

  it("measures each node once; the usual choice is kept on disk and not recorded", async () => {
    const traced = trace(fn, signature);
    const measured = await chooseLowerings(traced, signature, { policy: { block }, threads: 1, known: {} });
    expect(Object.keys(measured)).toEqual([NODE]);
    expect(["standard", "few-outputs"]).toContain(measured[NODE]);
    expect(lacksChoices(traced, { block }, {})).toBe(true);
    expect(lacksChoices(traced, { block }, measured)).toBe(false);
    expect(unusualChoices(traced, { block }, { [NODE]: "few-outputs", other: "taps" })).toEqual({});
    expect(unusualChoices(traced, { block }, { [NODE]: "standard" })).toEqual({ [NODE]: "standard" });
  });

  it("computes what the table names, records it, and does so again from the record alone", async () => {
    await tuned();
    const [{ path }] = listTables(folder);
    // Whatever was measured, the table now names the unusual one.
    writeFileSync(path, readFileSync(path, "utf8").replace(/"(standard|few-outputs)"\n/u, '"standard"\n'));
    const engine = await tuned();
    expect(engine.info.choices).toEqual({ block: String(block), [NODE]: "standard" });
    const usual = await (await OnnxEngine.create({ threads: 1 })).compile(fn, signature);
    const chosen = await engine.compile(fn, signature);
    expect([usual.opCounts["ConvTranspose"], chosen.opCounts["ConvTranspose"]]).toEqual([undefined, 1]);
    const recorded = await OnnxEngine.create({ threads: 1, choices: { [NODE]: "standard" } });
    expect(recorded.info).toEqual(engine.info);
    expect((await recorded.compile(fn, signature)).opCounts).toEqual(chosen.opCounts);
  });
});
