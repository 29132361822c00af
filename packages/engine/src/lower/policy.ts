/**
 * @file Which kernels a program uses. One object decides, so that choices are made in one place, recorded with a run,
 * and made again on resume.
 */
import type { Part } from "@gan-arena/core/base";
import { OIHW, PLAIN, blockedFilter, type Layout } from "./layout.js";

export interface LoweringPolicy {
  /** Channels in a block of ONNX Runtime's blocked kernels on this processor; 0 where they are not to be used. */
  readonly block: number;
  /** Names of lowerings by what they were measured for; what is not named takes the usual one. */
  readonly choices?: Readonly<Record<string, string>>;
  /** The model is to be used with other batches too, so that no constant may have the batch as its extent. */
  readonly anyBatch?: boolean;
}

/** Where nothing is known or nothing but standard ONNX may be used. */
export const STANDARD: LoweringPolicy = { block: 0 };

export const divisible = (policy: LoweringPolicy, ...channels: readonly number[]): boolean =>
  policy.block > 0 && channels.every((count) => count % policy.block === 0);

/** How a part of a flat vector lies in memory: filters as the convolutions want them. */
export function partLayout(part: Part, policy: LoweringPolicy): Layout {
  if (part.role !== "filter" || part.shape.length !== 4) return PLAIN;
  const [, , input, output] = part.shape as [number, number, number, number];
  return divisible(policy, input, output) ? blockedFilter(policy.block) : OIHW;
}
