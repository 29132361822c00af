/** @file The shape of a sweep file. The JSON schema for editors is made from it, see `json-schema.ts`. */
import { z } from "zod";
import { parametersSchema, strict } from "../space/schema.js";

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const name = z.string().min(1).max(200);

const metric = strict({
  name: name.describe("a metric of gan-arena, or seconds, kimg or gradientEvaluations"),
  goal: z.enum(["minimize", "maximize"]).optional().describe("default: what the metric says, else minimize"),
  target: z.number().optional().describe("the sweep ends when a trial is at least as good"),
});

/** A plugin by name, or with its options beside `type`. */
const choice = z.union([name, z.looseObject({ type: name })]);

export const specSchema = strict({
  name: name.optional().describe("of the sweep, for people"),
  description: z.string().optional().describe("of the sweep, for people"),
  method: choice.describe("how trials are suggested: grid, random, sobol, tpe (bayes means the same), nsga2, …"),
  metric: z
    .union([metric, z.array(metric).min(1).max(8)])
    .describe("what is searched for; a list for several objectives at once"),
  parameters: parametersSchema.optional(),
  variants: z.array(name).min(1).optional().describe("GAN variants, an axis of the sweep: the parameter variant"),
  spaces: z
    .record(z.string(), z.union([z.literal("default"), parametersSchema]))
    .optional()
    .describe("parameters of one variant alone, by variant; default takes the ranges that the variant proposes"),
  seeds: z
    .union([z.int().min(1).max(1000), z.array(z.int()).min(1).max(1000)])
    .optional()
    .describe("seeds of each trial, or how many; its value is the median over them (default 1)"),
  seed: z.int().optional().describe("seed of the suggestions (default 0)"),
  dataset: name.optional().describe("the data set that all trials learn"),
  data: z.record(z.string(), scalar).optional().describe("settings of the data set"),
  early_terminate: choice.optional().describe("which trials are stopped early: asha, hyperband, median, …"),
  run_cap: z.int().min(1).max(10_000_000).optional().describe("number of trials; a grid may go without"),
  budget: strict({
    kimg: z.number().positive().optional().describe("of each run, in thousand real images shown to D"),
    hours: z.number().positive().optional().describe("after which no new trial is begun"),
  })
    .optional()
    .describe("what may be spent"),
  batch: z.int().min(1).max(65_536).optional().describe("batch size of all trials (default: the variant's)"),
  metrics: z.array(name).optional().describe("metrics that are computed beside the objective"),
  engine: name.optional().describe("engine of all trials (default auto)"),
  provider: name.optional().describe("where the engine onnx computes: cpu (default), cuda, webgpu, …"),
  measureLowerings: z
    .boolean()
    .optional()
    .describe("time the ways to compute each convolution once and take the fastest (default: a fixed table)"),
  workers: z.int().min(1).max(100_000).optional().describe("trials at the same time"),
  threads: z
    .int()
    .min(1)
    .max(1024)
    .optional()
    .describe("threads of each run (default: those of the machine over workers)"),
  executor: choice.optional().describe("where trials run: local (default), ray, …, with its settings"),
});

export type SpecFile = z.infer<typeof specSchema>;

/** Keys that users of other tools write, and what to write instead. */
export const HINTS: Readonly<Record<string, string>> = {
  program: "gan-arena runs its own train command; name variants and a dataset instead, and leave program out",
  command: "gan-arena runs its own train command; leave command out and put fixed settings into parameters",
  project: "say where results go with the tracking options of the command line; leave project out",
  entity: "say where results go with the tracking options of the command line; leave entity out",
  controller: "suggestions are always made by the runner; leave controller out",
};
