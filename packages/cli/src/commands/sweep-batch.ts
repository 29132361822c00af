/** @file `sweep render`, `sweep trial` and `sweep collect`: sweeps that a batch system plays, one task a trial. */
import { basename, extname } from "node:path";
import { resolve } from "node:path";
import { defineCommand } from "../command.js";
import { number, POSITIVE, text, whole } from "../options.js";

export const sweepRender = defineCommand({
  name: "sweep render",
  summary: "Write a grid, random or Sobol sweep as a job of Kubernetes or Slurm",
  positionals: [{ name: "file", describe: "sweep file in YAML or JSON" }],
  options: {
    to: text("kubernetes or slurm"),
    shared: text("the home folder as the tasks see it (default: --home)"),
    command: text("what starts gan-arena there (default: gan-arena)"),
    parallel: number("tasks at the same time (default: 16)", whole(1, 100_000)),
    retries: number("how often the batch system tries an interrupted task again (default: 3)", whole(0, 100)),
    cpus: number("of each task (default: the file's threads, else 1)", POSITIVE),
    gpus: number("of each task (default: 0)", whole(0, 1024)),
    memory: number("GiB of each task (default: the system's)", POSITIVE),
    image: text("kubernetes: container image with Node and gan-arena"),
    volume: text("kubernetes: claim of the volume that holds the home folder (default: gan-arena)"),
  },
  examples: [
    ["sweep render grid.yaml --to slurm --home /shared/arena", "then: sbatch the file that it names"],
    ["sweep render grid.yaml --to kubernetes --image registry/gan-arena:0.1 --shared /arena", "then: kubectl apply"],
  ],
  async run({ positionals, options }, context) {
    const { readSweepFile } = await import("../sweep/spec.js");
    const { targetOf, writeRendered } = await import("../sweep/batch.js");
    const target = targetOf(options.to);
    const source = await readSweepFile(positionals["file"] ?? "");
    const { document, lines } = await writeRendered(context, {
      source,
      name: basename(source.file, extname(source.file)),
      target,
      home: options.shared ?? resolve(context.home),
      command: (options.command ?? "gan-arena").split(/\s+/u),
      parallel: options.parallel ?? 16,
      retries: options.retries ?? 3,
      gpus: options.gpus ?? 0,
      ...(options.cpus === undefined ? {} : { cpus: options.cpus }),
      ...(options.memory === undefined ? {} : { memoryGiB: options.memory }),
      ...(options.image === undefined ? {} : { image: options.image }),
      ...(options.volume === undefined ? {} : { volumeClaim: options.volume }),
    });
    return { document, text: lines.join("\n") };
  },
});

export const sweepTrial = defineCommand({
  name: "sweep trial",
  summary: "Play one trial of a rendered sweep: what a task of the batch system does",
  positionals: [
    { name: "sweep", describe: "name of a sweep, or the start of it" },
    { name: "number", describe: "number of the trial, from 0" },
  ],
  options: {},
  async run({ positionals }, context) {
    const { playOneTrial } = await import("../sweep/batch.js");
    return playOneTrial(context, positionals["sweep"] ?? "", positionals["number"] ?? "");
  },
});

export const sweepCollect = defineCommand({
  name: "sweep collect",
  summary: "Gather what the tasks of a rendered sweep have left, and show it",
  positionals: [{ name: "sweep", describe: "name of a sweep, or the start of it" }],
  options: {},
  async run({ positionals }, context) {
    const { collectTrials } = await import("../sweep/batch.js");
    return collectTrials(context, positionals["sweep"] ?? "");
  },
});
