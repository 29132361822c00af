/** @file `gan-arena bench` as a user runs it; how fast anything is does not matter here. Needs a build. */
import { expect, it } from "vitest";
import { arena, arenaJson } from "../support/command.js";

interface Results {
  readonly machine: { readonly cores: number };
  readonly missing: Readonly<Record<string, string>>;
  readonly rows: readonly {
    readonly name: string;
    readonly ours_ms: number;
    readonly spread: readonly [number, number];
    readonly rounds: number;
    readonly build_ms: number;
    readonly build: Readonly<Record<string, number>>;
    readonly peers: Readonly<Record<string, number>>;
    readonly ratio_torch: number | null;
  }[];
}

const ONE = ["bench", "--only", "ring-64", "--rounds", "2", "--patience", "1", "--peers", "torch"];

it("measures a case, and names the peer that is not there", async () => {
  const { machine, missing, rows } = await arenaJson<Results>([...ONE, "--python", "no-such-python"]);
  expect(machine.cores).toBeGreaterThan(0);
  expect(missing["torch"]).toMatch(/there is no Python with PyTorch at no-such-python/u);
  expect(rows).toMatchObject([{ name: "ring-64", rounds: 2, peers: {}, ratio_torch: null }]);
  const [{ ours_ms: ms, spread } = { ours_ms: NaN, spread: [NaN, NaN] as const }] = rows;
  expect(ms).toBeGreaterThan(0.01);
  expect(ms).toBeLessThan(1000);
  expect(spread[0]).toBeLessThanOrEqual(ms);
  expect(spread[1]).toBeGreaterThanOrEqual(ms);
});

it("plays lazy phases, histories and samples, and says what was built", async () => {
  const only = ["--only", "stylegan-32,cyclegan-64,sample-28", "--rounds", "1", "--patience", "1", "--peers", "torch"];
  const { rows } = await arenaJson<Results>(["bench", ...only, "--python", "no-such-python"]);
  expect(rows.map(({ name, build }) => [name, Object.keys(build)])).toEqual([
    ["stylegan-32", ["open", "discriminator", "r1", "generator", "pathLength"]],
    ["cyclegan-64", ["open", "translators", "critics"]],
    ["sample-28", ["open", "samples"]],
  ]);
  for (const { build, build_ms: total } of rows)
    expect(total).toBeCloseTo(Object.values(build).reduce((sum, ms) => sum + ms, 0));
});

it("refuses names that are none, with the nearest", async () => {
  for (const [words, message] of [
    [["--only", "ring64"], '[--only] there is no case "ring64"; did you mean "ring-64"?'],
    [["--peers", "torhc"], '[--peers] there is no peer "torhc"; did you mean "torch"?'],
  ] as const) {
    const { code, stderr } = await arena(["bench", ...words]);
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
  }
});
