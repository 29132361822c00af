/**
 * @file Published behaviour, repeated: does packing cover more modes, and do R1 and a gradient penalty bring them back?
 *
 * `node benchmarks/behaviour/run.mjs [--kimg 300] [--seeds 5] [--only ring|grid] [--home folder]` trains every cell by the built command
 * with one thread, goes on where it was stopped, and prints the table of docs/behaviour.md. Only `modes2500` and
 * `hq2500` at the end of a run count.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";

const { values } = parseArgs({
  options: {
    kimg: { type: "string", default: "300" },
    seeds: { type: "string", default: "5" },
    only: { type: "string" },
    home: { type: "string", default: "arena/behaviour" },
  },
});
const command = new URL("../../packages/cli/bin/gan-arena.js", import.meta.url).pathname;

/** A plain game: no penalty of the variant's own. */
const PLAIN = ["r1Gamma=0"];
/** Small critics: two hidden layers of 16 units; G is as small. */
const SMALL = [...PLAIN, "hidden=16", "layers=2"];
const CELLS = [
  { dataset: "ring", name: "small nets, no penalty", set: SMALL },
  { dataset: "ring", name: "small nets, R1 0.1", set: [...SMALL, "regularizers.r1.gamma=0.1"] },
  {
    dataset: "ring",
    name: "small nets, zero-centred penalty 0.1",
    set: [...SMALL, "regularizers.gradientPenalty.lambda=0.1", "regularizers.gradientPenalty.target=0"],
  },
  { dataset: "grid", name: "plain", set: PLAIN },
  { dataset: "grid", name: "packing 2", set: [...PLAIN, "regularizers.packing.samples=2"] },
  { dataset: "grid", name: "packing 4", set: [...PLAIN, "regularizers.packing.samples=4"] },
];

function play({ dataset, set }, seed) {
  const words = ["train", "gan", "--dataset", dataset, "--kimg", values.kimg, "--seed", String(seed), "--threads", "1"];
  const args = [
    command,
    "--home",
    values.home,
    ...words,
    "--metrics",
    "modes2500,hq2500",
    "--metric-kimg",
    values.kimg,
    "--json",
  ];
  const text = execFileSync(process.execPath, [...args, ...set.flatMap((one) => ["--set", one])], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  const found = {};
  for (const name of ["modes2500", "hq2500"]) found[name] = metric(JSON.parse(text), name);
  return found;
}

/** The value of a metric, wherever the document has it. */
function metric(document, name) {
  if (document === null || typeof document !== "object") return undefined;
  if (document.name === name && "value" in document) return document.value;
  if (typeof document[name] === "number") return document[name];
  if (typeof document[name]?.value === "number") return document[name].value;
  for (const inner of Object.values(document)) {
    const value = metric(inner, name);
    if (value !== undefined) return value;
  }
  return undefined;
}

const median = (numbers) => {
  const sorted = [...numbers].sort((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
};

mkdirSync(values.home, { recursive: true });
const journal = join(values.home, `results-${values.kimg}.json`);
const results = existsSync(journal) ? JSON.parse(readFileSync(journal, "utf8")) : {};
const cells = CELLS.filter(({ dataset }) => values.only === undefined || dataset === values.only);
for (let seed = 0; seed < Number(values.seeds); seed++)
  for (const cell of cells) {
    const key = `${cell.dataset} | ${cell.name} | ${seed}`;
    results[key] ??= play(cell, seed);
    writeFileSync(journal, JSON.stringify(results, undefined, 1));
  }

console.log(`gan, ${values.kimg} kimg, seeds 0 to ${Number(values.seeds) - 1}, one thread, Node ${process.version}\n`);
console.log(
  "| data | cell | modes, each seed | median | share of samples near a mode, median |\n| --- | --- | --- | --- | --- |",
);
for (const { dataset, name } of cells) {
  const own = Array.from({ length: Number(values.seeds) }, (_, seed) => results[`${dataset} | ${name} | ${seed}`]);
  const modes = own.map((one) => one.modes2500);
  console.log(
    `| ${dataset} | ${name} | ${modes.join(", ")} | ${median(modes)} | ${median(own.map((one) => one.hq2500)).toFixed(2)} |`,
  );
}
