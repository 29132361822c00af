import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { temporaryHome } from "../test-support/support.js";
import { FileCheckpoints } from "./checkpoints.js";
import { nodeFileSystem } from "./file-system.js";

const open = () => {
  const directory = temporaryHome();
  return { directory, checkpoints: new FileCheckpoints(nodeFileSystem, "r1", directory) };
};
const rounds = async (checkpoints: FileCheckpoints) => (await checkpoints.list()).map(({ round }) => round);

describe("FileCheckpoints", () => {
  it("keeps the newest two, newest first", async () => {
    const { checkpoints } = open();
    expect(await checkpoints.list()).toEqual([]);
    for (const round of [10, 20, 30]) {
      const file = await checkpoints.save(round, Buffer.of(round));
      expect(file).toBe(`checkpoints/0000000${round}.safetensors`);
      expect([...(await checkpoints.load(file))]).toEqual([round]);
    }
    expect(await checkpoints.list()).toEqual([
      { file: "checkpoints/000000030.safetensors", round: 30 },
      { file: "checkpoints/000000020.safetensors", round: 20 },
    ]);
  });

  it("replaces a round that is saved again, and orders rounds by number beyond nine digits", async () => {
    const { checkpoints } = open();
    await checkpoints.save(999_999_999, Buffer.of(1));
    await checkpoints.save(1_000_000_000, Buffer.of(2));
    const file = await checkpoints.save(1_000_000_000, Buffer.of(3));
    expect(await rounds(checkpoints)).toEqual([1_000_000_000, 999_999_999]);
    expect([...(await checkpoints.load(file))]).toEqual([3]);
  });

  it("after falling back from damaged 40 and 30 to 20, keeps 25 and 20, never 25 and a damaged one", async () => {
    const { directory, checkpoints } = open();
    mkdirSync(join(directory, "checkpoints"));
    for (const round of [20, 30, 40])
      writeFileSync(join(directory, "checkpoints", `0000000${round}.safetensors`), String(round));
    await checkpoints.save(25, Buffer.of(25));
    expect(await rounds(checkpoints)).toEqual([25, 20]);
  });

  it("does not list half written files, and removes them before the first save", async () => {
    const { directory, checkpoints } = open();
    mkdirSync(join(directory, "checkpoints"));
    for (const name of [".000000050.safetensors.123.tmp", "notes.txt", "5.safetensors"])
      writeFileSync(join(directory, "checkpoints", name), "x");
    expect(await checkpoints.list()).toEqual([]);
    await checkpoints.save(1, Buffer.of(1));
    expect(readdirSync(join(directory, "checkpoints")).sort()).toEqual([
      "000000001.safetensors",
      "5.safetensors",
      "notes.txt",
    ]);
  });

  it.each(["../run.json", "checkpoints/../run.json", "/etc/passwd", "000000001.safetensors", ""])(
    "does not load %j, which is no checkpoint",
    async (file) => {
      await expect(open().checkpoints.load(file)).rejects.toMatchObject({ code: "BAD_CONFIG" });
    },
  );
});
