/** @file What a `gan-arena.config.{yaml,json,js}` may say. */
import { z } from "zod";

const kimg = z.number().gt(0);

export const configSchema = z.strictObject({
  home: z.string().min(1).optional().describe("folder of runs and comparisons, relative to the config file"),
  plugins: z
    .array(z.string().min(1))
    .default([])
    .describe("npm packages, folders or files that export register(container)"),
  engine: z.string().min(1).optional().describe("engine, or auto for the best one present"),
  provider: z.string().min(1).optional().describe("execution provider of the engine onnx (default: cpu)"),
  measureLowerings: z
    .boolean()
    .optional()
    .describe(
      "time the ways to compute each convolution once and take the fastest, as --measure-lowerings (default: no)",
    ),
  threads: z.int().min(0).optional().describe("threads of the engine, 0 = as many as there are cores"),
  mlflow: z.string().min(1).optional().describe("address of the MLflow server that follows what is played, or off"),
  defaults: z
    .strictObject({
      dataset: z.string().min(1).optional().describe("data set"),
      kimg: kimg.optional().describe("budget in thousand real images shown to D"),
      batch: z.int().min(1).optional().describe("batch size"),
      seed: z.int().min(0).optional().describe("seed of a single run"),
      seeds: z.array(z.int().min(0)).min(1).optional().describe("seeds of a comparison"),
      jobs: z.int().min(1).optional().describe("runs of a comparison that play at the same time"),
      metrics: z.array(z.string().min(1)).min(1).optional().describe("metrics to compute"),
      logKimg: kimg.optional().describe("kimg between two rows of the log"),
      checkpointKimg: kimg.optional().describe("kimg between two checkpoints"),
      pictureKimg: kimg.optional().describe("kimg between two pictures"),
      metricKimg: kimg.optional().describe("kimg between two evaluations of the metrics"),
    })
    .prefault({})
    .describe("values of options that are not given on the command line"),
});

export type Config = z.output<typeof configSchema>;
