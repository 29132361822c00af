/** @file What a conformance check says when a plugin fails it. */
import { type GanError, badPlugin } from "../errors.js";

/** @param expected what the contract says @param got what was found @param advice where to look */
const violated = (where: string, expected: string, got: string, advice: string): GanError =>
  badPlugin(where, `${expected}, got ${got}; ${advice}`);

export const movedForeign = (where: string, entry: string): GanError =>
  violated(
    where,
    "a phase may change only the networks that it updates",
    `a change in "${entry}"`,
    "take the network into updates, or do not write its states in this phase",
  );

export const notMoved = (where: string, network: string): GanError =>
  violated(
    where,
    `the phase must move the network "${network}" that it updates`,
    "the same parameters after three plays",
    "check that its loss depends on the network and that the learning rate is not 0",
  );

export const enginesDiffer = (
  where: string,
  what: string,
  difference: { readonly relative: number; readonly rtol: number; readonly engines: readonly [string, string] },
): GanError =>
  violated(
    where,
    `${what} must be equal on ${difference.engines.join(" and ")} within rtol ${difference.rtol}`,
    `a relative difference of ${difference.relative.toExponential(2)}`,
    "one of the ops that the phase uses is computed differently",
  );
