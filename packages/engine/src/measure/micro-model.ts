/**
 * @file One node of a graph as a model of its own, for one of its lowerings, so that lowerings can be timed beside each other.
 *
 * Operands lie as they would in a whole graph, and the result is wanted as it would be there: images blocked where their
 * channels divide by the block, filters as parameters are kept. What a lowering has to convert is its own cost; what any
 * graph converts for all of them is nobody's.
 */
import { internalError } from "@gan-arena/core/base";
import { Graph, type Node } from "../graph/ir.js";
import { LOWERINGS } from "../lower/index.js";
import { NCHW, blockedImage, physicalShape, type Layout } from "../lower/layout.js";
import { Lowering, type LowerNode } from "../lower/lowering.js";
import { divisible, partLayout, type LoweringPolicy } from "../lower/policy.js";
import { liveNodes } from "../onnx/live-nodes.js";
import type { Model, ModelPort } from "../onnx/model.js";

/** An operand or the result of a convolution or one of its gradients. */
type Role = "image" | "filter";

/** Roles of the two operands and of the result. */
const ROLES: Readonly<Record<string, readonly [Role, Role, Role]>> = {
  Conv: ["image", "filter", "image"],
  ConvInputGrad: ["image", "filter", "image"],
  ConvFilterGrad: ["image", "image", "filter"],
};

/** How a tensor lies in a whole graph. */
function naturalLayout(role: Role, shape: readonly number[], policy: LoweringPolicy): Layout {
  if (role === "filter") return partLayout({ name: "filter", shape, role }, policy);
  return divisible(policy, shape[3]) ? blockedImage(policy.block) : NCHW;
}

/** A node that stands for an operand: it makes nothing, and says where it lies. */
const OPERAND = "Operand";

const lowerOperand: LowerNode = ({ attributes, outputs: [value] }) => [
  {
    name: attributes["name"] as string,
    shape: value.shape,
    dtype: value.dtype,
    layout: attributes["layout"] as Layout,
  },
];

/** @returns a model with inputs `a` and `b` and one output, all as they lie in memory */
export function microModel({ op, inputs, attributes, outputs }: Node, policy: LoweringPolicy): Model {
  const roles = ROLES[op];
  if (!roles) throw internalError("engine/measure", `${op} has one lowering`);
  const graph = new Graph("measure");
  const places = inputs.map(({ shape }, i) => naturalLayout(roles[i], shape, policy));
  const operands = inputs.map(
    ({ shape, dtype }, i) =>
      graph.node(OPERAND, [], { name: "ab".charAt(i), layout: places[i] }, [{ shape, dtype }]).outputs[0],
  );
  const [{ shape, dtype }] = outputs;
  const value = graph.node(op, operands, attributes, [{ shape, dtype }]).outputs[0];
  const lowerings = { ...LOWERINGS, [OPERAND]: lowerOperand };
  const lowering = new Lowering(policy, lowerings, [value], (missing) => internalError("engine/measure", missing));
  const wanted = naturalLayout(roles[2], shape, policy);
  const made = lowering.as(value, wanted);
  const live = liveNodes(lowering.nodes, [made]);
  const used = new Set(live.flatMap((node) => node.inputs));
  const port = (name: string, of: readonly number[], layout: Layout): ModelPort => ({
    name,
    shape: physicalShape(layout, of),
    dtype,
  });
  return {
    name: "measure",
    nodes: live,
    initializers: [...lowering.initializers.values()].filter(({ name }) => used.has(name)),
    inputs: inputs.map((input, i) => port("ab".charAt(i), input.shape, places[i])),
    outputs: [port(made, shape, wanted)],
  };
}
