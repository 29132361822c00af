/** @file Reads the profile that ONNX Runtime writes: a list of trace events, one of them for each run of a node. */

/** Runs of nodes from the moment `from` on. @param {number} from microseconds, as in the profile */
export function timedNodes(events, from) {
  return events
    .filter(({ cat, name, ts }) => cat === "Node" && name.endsWith("_kernel_time") && ts >= from)
    .map(({ name, dur, args }) => ({
      op: args.op_name,
      node: name.replace(/_kernel_time$/, ""),
      shapes: `${shapesOf(args.input_type_shape)} -> ${shapesOf(args.output_type_shape)}`,
      us: dur,
    }));
}

/** `[{"float":[64,1]}]` as `64x1`. */
const shapesOf = (types = []) =>
  types.map((type) => Object.values(type).map((shape) => shape.join("x") || "scalar").join("")).join(", "); // prettier-ignore

/** Sums by op, and by op with the same shapes, per step, the largest first. */
export function summarise(nodes, steps) {
  const sums = (label) => {
    const groups = new Map();
    for (const node of nodes) {
      const key = label(node);
      const group = groups.get(key) ?? { label: key, ms: 0, count: 0 };
      group.ms += node.us / 1000 / steps;
      group.count += 1 / steps;
      groups.set(key, group);
    }
    return [...groups.values()].sort((a, b) => b.ms - a.ms);
  };
  return {
    totalMs: nodes.reduce((sum, { us }) => sum + us, 0) / 1000 / steps,
    ops: sums(({ op }) => op),
    nodes: sums(({ op, shapes }) => `${op}  ${shapes}`),
  };
}
