/** @file The messages of parts, one function each. */
import { badConfig, badPlugin, suggest, type GanError } from "../errors.js";

export const noCritic = (variant: string, part: string, networks: readonly string[]): GanError =>
  badConfig(
    `${variant}/regularizers.${part}`,
    `it acts on critics, and this variant has none (its networks: ${networks.join(", ")}); leave the setting out`,
  );

export const neverApplied = (variant: string, part: string, needs: string): GanError =>
  badConfig(`${variant}/regularizers.${part}`, `it needs ${needs}, and no phase has that; leave the setting out`);

export const notPaired = (where: string, part: string, real: readonly number[], fake: readonly number[]): GanError =>
  badConfig(
    where,
    `regularizers.${part} mixes real and generated samples of one shape, got [${real.join(",")}] and [${fake.join(",")}]; leave the setting out`,
  );

export const notImages = (part: string, shape: readonly number[]): GanError =>
  badConfig(`regularizers.${part}`, `it needs images [N,H,W,C], got [${shape.join(",")}]; leave the setting out`);

export const notSquare = (part: string, shape: readonly number[]): GanError =>
  badConfig(
    `regularizers.${part}`,
    `its group blit turns square images, got [${shape.join(",")}]; set regularizers.${part}.groups=color`,
  );

export const severalInputs = (where: string, part: string, count: number): GanError =>
  badConfig(where, `regularizers.${part} needs a critic of one input, got ${count} inputs; leave the setting out`);

export const notDivisible = (where: string, samples: number, batch: number): GanError =>
  badConfig(
    where,
    `packing joins ${samples} samples, so the batch must be a multiple of it, got ${batch}; change the batch size or regularizers.packing.samples`,
  );

export const noiseShape = (where: string, expected: readonly number[], got: readonly number[]): GanError =>
  badConfig(
    where,
    `regularizers.instanceNoise is drawn in the shape of the real samples, [${expected.join(",")}], and a critic sees [${got.join(",")}]; leave the setting out`,
  );

export const unknownNetwork = (variant: string, network: string, known: readonly string[]): GanError =>
  badConfig(`${variant}/optimizer.${network}`, `there is no optimiser for it; ${suggest(network, known)}`);

export const unknownOption = (where: string, optimizer: string, option: string, known: readonly string[]): GanError =>
  badConfig(
    where,
    `${optimizer} has no ${option} that can be set (${known.length > 0 ? `it has ${known.join(", ")}` : "it has none"}); leave it out`,
  );

export const drawTaken = (where: string, name: string): GanError =>
  badPlugin(where, `the name "${name}" is taken by the parts that a config may switch on; rename it`);
