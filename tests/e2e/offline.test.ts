/** @file Data sets that are fetched on first use, where there is no connection. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { arena, temporaryFolder } from "../support/command.js";

it("without a connection says in a sentence what is missing and what to do, and leaves no run behind", async () => {
  const [home, cache] = [temporaryFolder(), temporaryFolder()];
  // Nobody listens at port 9; without a cache npm has nothing to fall back on.
  const env = { npm_config_registry: "http://127.0.0.1:9", npm_config_cache: cache };
  const words = ["train", "dcgan", "--dataset", "emoji", "--kimg", "0.1", "--home", home];
  const { code, stderr } = await arena(words, { env });
  expect(code).toBe(2);
  const [sentence = "", ...others] = stderr.split("\n").filter((line) => line.startsWith("error:"));
  expect(others).toEqual([]);
  expect(sentence).toContain("the registry cannot be reached (ECONNREFUSED)");
  expect(sentence).toContain(`put the .tgz into ${join(home, "datasets")}`);
  expect(stderr).toContain("[emoji] fetching emoji-datasource-google 16.0.0 with npm, 74 MB, once");
  expect(readdirSync(join(home, "datasets"))).toEqual([]);
  expect(readdirSync(home).filter((name) => name === "runs")).toEqual([]);
});
