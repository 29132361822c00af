/** @file `bench`: training steps and sampling of ours beside those of other frameworks, measured in turns on this machine. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { text as textOf } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { unknownName } from "@gan-arena/core/base";
import { defineCommand } from "../command.js";
import { benchmarkFailed, noBenchmarks } from "../errors.js";
import { flag, list, number, text, whole } from "../options.js";

/** In the repository, beside the packages: its peers are other people's frameworks, which nobody wants installed here. */
const FOLDER = new URL("../../../../benchmarks/", import.meta.url);
const load = async <T>(file: string): Promise<T> => (await import(new URL(file, FOLDER).href)) as T;

export const bench = defineCommand({
  name: "bench",
  summary: "Measure training steps and sampling beside PyTorch and tfjs-node, in turns on this machine",
  positionals: [],
  options: {
    peers: list("torch, torch-channels-last, torch-fused-adam, torch-compile, tfjs-node (default: torch,tfjs-node)"),
    only: list("cases to measure (default: all, about a quarter of an hour)"),
    rounds: number("turns that each one takes (default: 8)", whole(1, 1000)),
    threads: number("threads of every case, instead of its own number", whole(1, 1024)),
    patience: number("seconds to wait for a turn in which nobody else uses the machine (default: 30)", whole(1, 3600)),
    python: text("a Python that has PyTorch (default: the one that --make-venv makes)"),
    makeVenv: flag("make a Python environment with PyTorch first, if it is not there (about 1 GB)"),
  },
  examples: [
    ["bench --only ring,dcgan-28 --rounds 5", "two cases"],
    ["bench --make-venv --peers torch,torch-compile", "beside PyTorch, eager and compiled"],
  ],
  async run({ options }) {
    if (!existsSync(FOLDER)) throw noBenchmarks();
    const { CASES } = await load<{ CASES: readonly { name: string }[] }>("cases/index.mjs");
    const { PEERS } = await load<{ PEERS: Readonly<Record<string, unknown>> }>("peers/index.mjs");
    const cases = CASES.map(({ name }) => name);
    for (const name of options.only ?? []) if (!cases.includes(name)) throw unknownName("--only", "case", name, cases);
    for (const name of options.peers ?? [])
      if (!(name in PEERS)) throw unknownName("--peers", "peer", name, Object.keys(PEERS));
    const { peers, only, rounds, threads, python, makeVenv, patience } = options;
    const given = { peers: peers?.join(","), only: only?.join(","), rounds, threads, python, patience };
    const words = Object.entries(given).flatMap(([name, value]) =>
      value === undefined ? [] : [`--${name}`, `${value}`],
    );
    const all = [fileURLToPath(new URL("run.mjs", FOLDER)), ...words, ...(makeVenv ? ["--make-venv"] : []), "--json"];
    const child = spawn(process.execPath, all, { stdio: ["ignore", "pipe", "pipe"] });
    let said = "";
    child.stderr.setEncoding("utf8").on("data", (piece: string) => {
      said += piece;
      process.stderr.write(piece);
    });
    const ended = new Promise<number | null>((resolve) => void child.on("close", resolve));
    const stdout = await textOf(child.stdout);
    const code = await ended;
    if (code !== 0) throw benchmarkFailed(code, said.trim().split("\n").at(-1) ?? "");
    const document = JSON.parse(stdout) as unknown;
    const { formatTable } = await load<{ formatTable: (results: unknown) => string }>("lib/table.mjs");
    return { document, text: formatTable(document) };
  },
});
