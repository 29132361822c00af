import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { sha256 } from "./fingerprint.js";
import { fetchArchive, placeFile, type NpmArchive } from "./npm-pack.js";

const CONTENT = Buffer.from("an archive");
const archive: NpmArchive = {
  dataset: "things",
  name: "things-data",
  version: "1.2.3",
  megabytes: 9,
  sha256: sha256(CONTENT),
};

let folder: string;
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), "npm-pack-"))));
afterEach(() => rm(folder, { recursive: true }));

/** Runs a script in place of npm; its arguments are npm's. */
async function fetchWith(script: string, noteEveryMs = 60_000) {
  const notes: string[] = [];
  const npm = [process.execPath, "-e", `${script};0`, "--"] as const;
  const result = await fetchArchive(archive, { folder, npm, noteEveryMs, note: (text) => notes.push(text) }).catch(
    (error: unknown) => error as Error,
  );
  return { result, notes, left: (await readdir(folder)).sort() };
}
const write = (text: string) => `require("node:fs").writeFileSync("things-data-1.2.3.tgz", ${JSON.stringify(text)})`;

describe("fetchArchive", () => {
  it("asks npm for the package and leaves nothing behind", async () => {
    const check = `if (process.argv.slice(1, 3).join(" ") !== "pack things-data@1.2.3") process.exit(9)`;
    const { result, notes, left } = await fetchWith(`${check};${write("an archive")}`);
    expect(result).toEqual(CONTENT);
    expect(notes).toEqual(["[things] fetching things-data 1.2.3 with npm, 9 MB, once"]);
    expect(left).toEqual([]);
  });

  it("says that it is still fetching", async () => {
    const { notes } = await fetchWith(`setTimeout(() => ${write("an archive")}, 500)`, 100);
    expect(notes[1]).toMatch(/^\[things\] still fetching things-data, \d s$/u);
  });

  it("takes an archive that somebody has put into the folder", async () => {
    await writeFile(join(folder, "things-data-1.2.3.tgz"), CONTENT);
    const { result, notes } = await fetchWith("process.exit(1)");
    expect(result).toEqual(CONTENT);
    expect(notes).toEqual([]);
  });

  it("names the registry when there is no connection, and what to do", async () => {
    const { result, left } = await fetchWith(`console.error("npm error code ENOTFOUND"); process.exit(1)`);
    expect(result).toMatchObject({
      code: "MISSING_DEPENDENCY",
      message:
        `[things] the pictures come from the npm package "things-data" 1.2.3 (9 MB, fetched once), and npm could not fetch it: ` +
        `the registry cannot be reached (ENOTFOUND); connect and run this again, or run "npm pack things-data@1.2.3" ` +
        `on a machine with a connection and put the .tgz into ${folder}`,
    });
    expect(left).toEqual([]);
  });

  it.each([
    [`console.error("npm error code E404"); process.exit(1)`, "npm says E404"],
    ["process.exit(7)", "npm left with exit code 7"],
    ["1", "it wrote no archive"],
  ])("tells what else went wrong: %s", async (script, reason) => {
    expect(String((await fetchWith(script)).result)).toContain(`npm could not fetch it: ${reason};`);
  });

  it("tells when there is no npm", async () => {
    const missing = { folder, note: () => undefined, npm: [join(folder, "no-npm")] as [string] };
    await expect(fetchArchive(archive, missing)).rejects.toThrow("no-npm cannot be started");
  });

  it("refuses another archive than the one that is known", async () => {
    const { result, left } = await fetchWith(write("something else"));
    expect(String(result)).toContain("the archive has another sha256; remove things-data-1.2.3.tgz");
    expect(left).toEqual([]);
  });
});

describe("placeFile", () => {
  it("leaves no part of a file that could not be written", async () => {
    const failing = placeFile(join(folder, "a"), async (file) => {
      await writeFile(file, "half");
      throw new Error("disk full");
    });
    await expect(failing).rejects.toThrow("disk full");
    expect(await readdir(folder)).toEqual([]);
  });
});
