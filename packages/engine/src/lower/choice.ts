/**
 * @file Several lowerings of one op, of which the policy names one for each shape.
 *
 * No lowering of a convolution is the fastest for every shape on every machine. Candidates stand in the order in which
 * they are taken where nothing was measured.
 */
import type { Node } from "../graph/ir.js";
import { geometryOf } from "./geometry.js";
import type { LowerNode } from "./lowering.js";
import type { LoweringPolicy } from "./policy.js";

export interface Candidate {
  readonly name: string;
  readonly applies: (node: Node, policy: LoweringPolicy) => boolean;
  /** Where it applies and a later one is known to be faster; default: nowhere. */
  readonly yields?: (node: Node, policy: LoweringPolicy) => boolean;
  readonly lower: LowerNode;
}

/** What a choice depends on: the op, its shapes and its geometry. */
export function choiceKey(node: Node): string {
  const { strides, dilations, pads } = geometryOf(node);
  const shapes = node.inputs.map(({ shape }) => shape.join("x")).join(" ");
  return `${node.op} ${shapes} -> ${node.outputs[0].shape.join("x")} s${strides.join()} d${dilations.join()} p${pads.join()}`;
}

/** The candidate that is taken where nothing was measured. */
export const usual = (node: Node, applicable: readonly Candidate[], policy: LoweringPolicy): Candidate =>
  applicable.find((candidate) => !candidate.yields?.(node, policy)) ?? applicable[0];

/** A lowering that takes the candidate which the policy names for the node's shapes, else the usual one. */
export const lowerBy =
  (candidates: readonly Candidate[]): LowerNode =>
  (node, context) => {
    const applicable = candidates.filter(({ applies }) => applies(node, context.policy));
    const named = context.policy.choices?.[choiceKey(node)];
    const { lower } = applicable.find(({ name }) => name === named) ?? usual(node, applicable, context.policy);
    return lower(node, context);
  };

export const always = (): boolean => true;
