/** @file Dead code: nodes of which nobody uses a result. ONNX Runtime runs them all the same. */
import type { OnnxNode } from "../lower/lowering.js";

/** The nodes that the outputs need, in their order. A lowering that computes what follows it leaves dead ones behind. */
export function liveNodes(nodes: readonly OnnxNode[], outputs: Iterable<string>): OnnxNode[] {
  const wanted = new Set(outputs);
  const live: OnnxNode[] = [];
  for (const node of nodes.toReversed()) {
    if (!node.outputs.some((name) => wanted.has(name))) continue;
    live.push(node);
    for (const name of node.inputs) wanted.add(name);
  }
  return live.reverse();
}
