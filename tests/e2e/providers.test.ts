/** @file Execution providers of ONNX Runtime: what is there is used and equals the CPU, what is not is never replaced unseen. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { arena, arenaJson, temporaryFolder, TINY, trainTiny } from "../support/command.js";

interface Health {
  readonly checks: readonly { readonly name: string; readonly state: string; readonly detail: string }[];
}
const TRAIN = ["train", "gan", "--dataset", "ring", ...TINY];
const MARK = "engine onnx --provider ";

describe("--provider", () => {
  it("each one that doctor names is used when it is there, or refused with doctor's reason before a run is made", async () => {
    const home = temporaryFolder();
    const { checks } = await arenaJson<Health>(["doctor", "--home", home]);
    const providers = checks.filter(({ name }) => name.startsWith(MARK));
    expect(providers.length).toBeGreaterThan(0);
    const runs = join(home, "runs");
    for (const { name, state, detail } of providers) {
      const before = existsSync(runs) ? readdirSync(runs).length : 0;
      const word = name.slice(MARK.length);
      const { code, stdout, stderr } = await arena([...TRAIN, "--provider", word, "--home", home, "--json"]);
      // A machine with a GPU plays it, and comes to what the CPU comes to.
      const expected =
        state === "ok"
          ? { code: 0, message: "", runs: before + 1 }
          : { code: 2, message: `the execution provider "${word}" cannot run here (${detail});`, runs: before };
      expect(code).toBe(expected.code);
      expect(stderr).toContain(expected.message);
      expect(stderr).not.toMatch(/^ {4}at .*\.js/mu);
      expect(existsSync(runs) ? readdirSync(runs).length : 0).toBe(expected.runs);
      const played = state === "ok" ? (JSON.parse(stdout) as { metrics: Record<string, number> }).metrics : {};
      const onCpu = state === "ok" ? (await trainTiny(home)).metrics : {};
      expect(Object.keys(played)).toEqual(Object.keys(onCpu));
      for (const [metric, value] of Object.entries(onCpu)) expect(played[metric]).toBeCloseTo(value, 2);
    }
  });

  it("cpu is the default: the same bits", async () => {
    const home = temporaryFolder();
    const [said, silent] = [await trainTiny(home, ["--provider", "cpu"]), await trainTiny(home)];
    expect(said.weightsSha256).toBe(silent.weightsSha256);
  });

  it("a name that is none gets the nearest, an engine without providers says so, and compare and sweep pass it on", async () => {
    const home = temporaryFolder();
    const refusals = [
      [[...TRAIN, "--provider", "cpuu"], 'no execution provider "cpuu"', 'did you mean "cpu"?'],
      [[...TRAIN, "--provider", "cuda", "--engine", "cpu"], "[--provider] the engine cpu computes in one place only"],
    ] as const;
    for (const [words, ...messages] of refusals) {
      const { code, stderr } = await arena([...words, "--home", home]);
      expect(code).toBe(2);
      for (const message of messages) expect(stderr).toContain(message);
    }
    const compared = await arena([
      "compare",
      "--variants",
      "gan",
      ...TRAIN.slice(2),
      "--provider",
      "cpuu",
      "--home",
      home,
    ]);
    expect([compared.code, compared.stderr + compared.stdout]).toEqual([2, expect.stringContaining('"cpuu"')]);
  });
});
