/** @file R3GAN from outside: it keeps the rules, learns the ring, and is compared like our own. */
import { join } from "node:path";
import { expect, it } from "vitest";
import { arena, arenaJson, temporaryFolder } from "../support/command.js";
import { ROOT } from "../support/repository.js";

const PLUGIN = join(ROOT, "examples", "r3gan");

it("passes the whole suite, the ring included", async () => {
  const { code, stdout, stderr } = await arena(["check-variant", PLUGIN, "--json"]);
  expect({ code, stderr }).toEqual({ code: 0, stderr });
  const [{ checks }] = JSON.parse(stdout) as [{ checks: { name: string; status: string }[] }];
  expect(checks.filter(({ status }) => status !== "passed")).toEqual([]);
  expect(checks.map(({ name }) => name)).toContain("learns the ring");
});

it("plays on images too", async () => {
  const home = temporaryFolder();
  const words = "train r3gan --dataset mnist --kimg 0.064 --batch 8 --set filters=4 --metrics swd-pixels2k".split(" ");
  const { status } = await arenaJson<{ status: string }>([
    ...words,
    "--threads",
    "1",
    "--plugin",
    PLUGIN,
    "--home",
    home,
  ]);
  expect(status).toBe("finished");
});
