/** @file Reductions, products, joins and cuts: ops that keep a layout where they can, and plain order elsewhere. */
import { sizeOf, type Packing } from "@gan-arena/core/base";
import type { Node, Value } from "../graph/ir.js";
import { reducedShape } from "../graph/shapes.js";
import { BLOCKED_DOMAIN, PLAIN, blockedImage, fits, physicalShape, type Layout } from "./layout.js";
import {
  int,
  ints,
  isPacked,
  packedLayout,
  text,
  type LowerNode,
  type Lowering,
  type OnnxAttribute,
  type Placed,
} from "./lowering.js";
import { ELEMENT_TYPE } from "./pointwise.js";
import { MOST_ROWS, pickRows } from "./rows.js";

/** The node's only result, in plain order. */
function plainResult(node: Node, name: string): readonly Placed[] {
  const { shape, dtype } = node.outputs[0];
  return [{ name, shape, dtype, layout: PLAIN }];
}

const first = (node: Node): Value => node.inputs[0];
const output = (node: Node): Value => node.outputs[0];
const numbers = (node: Node, name: string): readonly number[] => node.attributes[name] as readonly number[];

/** Axes in memory that belong to logical axes. */
const physicalAxes = (layout: Layout, axes: readonly number[]): number[] =>
  layout.atoms ? layout.atoms.flatMap((atom, i) => (axes.includes(atom.axis) ? [i] : [])) : [...axes];

export const lowerReduce: LowerNode = (node, context) => {
  const x = context.at(first(node));
  const { shape, dtype } = output(node);
  const axes = numbers(node, "axes");
  const everything = axes.length === x.shape.length;
  // The order of the parts does not matter to a reduction over all of them.
  if ((isPacked(x.layout) && !everything) || x.layout === PLAIN) return reducePlain(node, context);
  const image = reduceImage(node, context, x);
  if (image) return image;
  const reduced = reducedShape(x.shape, axes, true);
  const physical = isPacked(x.layout) ? [0] : physicalAxes(x.layout, axes);
  let name = x.name;
  for (const group of reductionSteps(physical))
    name = context.emit({ op: node.op, inputs: [name, context.int64s(group)], attributes: { keepdims: int(1) } });
  const kept: Placed = { name, shape: reduced, dtype, layout: isPacked(x.layout) ? PLAIN : x.layout };
  if (shape.length === reduced.length) return [kept];
  return plainResult(node, context.reshaped(context.plain(kept), shape));
};

/** Sums and means of a blocked image over its pixels, and over the batch as well: the blocked pool takes a tenth of the time of a reduction. */
function reduceImage(node: Node, context: Lowering, x: Placed): readonly Placed[] | undefined {
  const axes = numbers(node, "axes").join();
  const { block } = context.policy;
  const sums = node.op === "ReduceSum" || node.op === "ReduceMean";
  if (!sums || block === 0 || x.layout.key !== blockedImage(block).key || (axes !== "1,2" && axes !== "0,1,2"))
    return undefined;
  const [n, height, width, channels] = x.shape as readonly [number, number, number, number];
  const overBatch = axes === "0,1,2";
  const pooled = context.emit({
    op: "GlobalAveragePool",
    domain: BLOCKED_DOMAIN,
    inputs: [context.reshaped(x.name, [n, channels, height, width])],
  });
  const means = context.reshaped(pooled, [n, channels]);
  const mean = overBatch
    ? context.emit({ op: "ReduceMean", inputs: [means, context.int64s([0])], attributes: { keepdims: int(1) } })
    : means;
  const count = height * width * (overBatch ? n : 1);
  const name = node.op === "ReduceMean" ? mean : context.emit({ op: "Mul", inputs: [mean, context.scalar(count)] });
  return plainResult(node, context.reshaped(name, output(node).shape));
}

/** ONNX Runtime is fast on one run of neighbouring axes, slow on scattered ones: reduce run by run, innermost first. */
function reductionSteps(axes: readonly number[]): number[][] {
  const runs: number[][] = [];
  for (const axis of axes) {
    const run = runs.at(-1);
    if (run && run.at(-1) === axis - 1) run.push(axis);
    else runs.push([axis]);
  }
  return runs.length <= 2 ? [runs.flat()] : runs.reverse();
}

function reducePlain(node: Node, context: Lowering): readonly Placed[] {
  const x = first(node);
  const axes = numbers(node, "axes");
  const kept = x.shape.length - axes.length;
  const leading = kept === 1 && axes.every((axis, i) => axis === i);
  const columns = x.shape.at(-1) as number;
  if (leading && columns > 1 && (node.op === "ReduceSum" || node.op === "ReduceMean") && x.dtype === "float32") {
    // A row of ones by the rows: three times as fast as a reduction over leading axes.
    const rows = sizeOf(x.shape) / columns;
    const weights = new Float32Array(rows).fill(node.op === "ReduceMean" ? 1 / rows : 1);
    const row = context.initializer({ dtype: "float32", shape: [rows], data: weights });
    const sum = context.emit({ op: "MatMul", inputs: [row, context.reshaped(context.plain(x), [rows, columns])] });
    return plainResult(node, output(node).shape.length === 1 ? sum : context.reshaped(sum, output(node).shape));
  }
  const inputs = [context.plain(first(node)), context.int64s(numbers(node, "axes"))];
  return plainResult(
    node,
    context.emit({ op: node.op, inputs, attributes: { keepdims: int(node.attributes["keepDims"] ? 1 : 0) } }),
  );
}

export const lowerReshape: LowerNode = (node, context) =>
  plainResult(node, context.reshaped(context.plain(first(node)), output(node).shape));

export const lowerTranspose: LowerNode = (node, context) =>
  plainResult(
    node,
    context.emit({
      op: "Transpose",
      inputs: [context.plain(first(node))],
      attributes: { perm: ints(numbers(node, "perm")) },
    }),
  );

export const lowerExpand: LowerNode = (node, context) => {
  const x = context.at(first(node));
  const { shape, dtype } = output(node);
  if (x.layout !== PLAIN && !isPacked(x.layout) && x.shape.length === shape.length && fits(x.layout, shape)) {
    const name = context.emit({ op: "Expand", inputs: [x.name, context.int64s(physicalShape(x.layout, shape))] });
    return [{ name, shape, dtype, layout: x.layout }];
  }
  return plainResult(node, context.emit({ op: "Expand", inputs: [context.plain(x), context.int64s(shape)] }));
};

export const lowerTile: LowerNode = (node, context) =>
  plainResult(
    node,
    context.emit({ op: "Tile", inputs: [context.plain(first(node)), context.int64s(numbers(node, "repeats"))] }),
  );

/** The layout of the first operand that has one, if every operand fits and the axis is whole in it. */
function layoutForAxes(context: Lowering, operands: readonly Value[], axes: readonly number[]): Layout {
  const layout = operands.map((value) => context.at(value).layout).find((each) => each !== PLAIN && !isPacked(each));
  if (!layout?.atoms) return PLAIN;
  const whole = axes.every((axis) => layout.atoms?.some((atom) => atom.axis === axis && atom.part === "whole"));
  return whole && operands.every((value) => fits(layout, value.shape)) ? layout : PLAIN;
}

export const lowerConcat: LowerNode = (node, context) => {
  const axis = node.attributes["axis"] as number;
  const { shape, dtype } = output(node);
  const layout = layoutForAxes(context, node.inputs, [axis]);
  const inputs = node.inputs.map((value) => context.as(value, layout));
  const physical = physicalAxes(layout, [axis])[0];
  return [{ name: context.emit({ op: "Concat", inputs, attributes: { axis: int(physical) } }), shape, dtype, layout }];
};

export const lowerSlice: LowerNode = (node, context) => {
  const x = first(node);
  const { shape, dtype } = output(node);
  const [starts, ends, steps] = [numbers(node, "starts"), numbers(node, "ends"), numbers(node, "steps")];
  const cut = x.shape.flatMap((extent, i) => (starts[i] === 0 && ends[i] === extent && steps[i] === 1 ? [] : [i]));
  const layout = layoutForAxes(context, [x], cut);
  const axes = cut.map((axis) => physicalAxes(layout, [axis])[0]);
  const pieces = cut.length === 1 ? tiling(context, x, cut[0]) : [];
  if (pieces.length > 1) {
    const sizes = context.int64s(pieces.map((piece) => output(piece).shape[cut[0]]));
    const attributes = { axis: int(axes[0]) };
    const inputs = [context.as(x, layout), sizes];
    const names = context.emitMany({ op: "Split", inputs, attributes, outputs: pieces.length });
    pieces.forEach((piece, i) => {
      const own = output(piece);
      context.place(own, { name: names[i], shape: own.shape, dtype, layout });
    });
    return [{ name: names[pieces.indexOf(node)], shape, dtype, layout }];
  }
  const pick = (values: readonly number[]): string => context.int64s(cut.map((axis) => values[axis]));
  const name = context.emit({
    op: "Slice",
    inputs: [context.as(x, layout), pick(starts), pick(ends), context.int64s(axes), pick(steps)],
  });
  return [{ name, shape, dtype, layout }];
};

/** The slices of a value along one axis, in order, when each element is in just one of them; else none. */
function tiling(context: Lowering, x: Value, axis: number): Node[] {
  const start = ({ attributes }: Node): number => (attributes["starts"] as readonly number[])[axis];
  const pieces = context
    .consumersOf(x)
    .filter(
      ({ op, attributes, outputs }) =>
        op === "Slice" &&
        (attributes["steps"] as readonly number[])[axis] === 1 &&
        outputs[0].shape.every((extent, i) => i === axis || extent === x.shape[i]),
    );
  pieces.sort((a, b) => start(a) - start(b));
  let reached = 0;
  for (const piece of pieces) {
    if (start(piece) !== reached) return [];
    reached += output(piece).shape[axis];
  }
  return reached === x.shape[axis] ? pieces : [];
}

export const lowerPad: LowerNode = (node, context) => {
  const x = first(node);
  const { shape, dtype } = output(node);
  const pads = numbers(node, "pads");
  const rank = x.shape.length;
  const padded = x.shape.flatMap((_, i) => (pads[i] === 0 && pads[i + rank] === 0 ? [] : [i]));
  const layout = layoutForAxes(context, [x], padded);
  const mirrored = padded.every((axis) => axis === 1 || axis === 2) ? mirrorBlocks(node, context, layout) : undefined;
  if (mirrored) return [mirrored];
  const axes = padded.map((axis) => physicalAxes(layout, [axis])[0]);
  const amounts = [...padded.map((axis) => pads[axis]), ...padded.map((axis) => pads[axis + rank])];
  const value = context.scalar((node.attributes["value"] as number | undefined) ?? 0, dtype);
  const inputs = [context.as(x, layout), context.int64s(amounts), value, context.int64s(axes)];
  const name = context.emit({ op: "Pad", inputs, attributes: { mode: text(node.attributes["mode"] as string) } });
  return [{ name, shape, dtype, layout }];
};

/**
 * A blocked image with its pixels mirrored at the edges: pixels are copied by all threads, where Pad has one.
 *
 * @returns undefined for another layout or mode
 */
function mirrorBlocks(node: Node, context: Lowering, layout: Layout): Placed | undefined {
  const { block } = context.policy;
  const { shape, dtype } = output(node);
  if (node.attributes["mode"] !== "reflect" || layout.key !== blockedImage(block).key) return undefined;
  if (sizeOf(shape) / block > MOST_ROWS) return undefined;
  const x = first(node);
  const [n, height, width, channels] = x.shape as readonly [number, number, number, number];
  const [, top, left, , , bottom, right] = numbers(node, "pads") as readonly [number, ...number[]];
  const images = (n * channels) / block;
  const [tall, wide] = [top + height + bottom, left + width + right];
  const mirrored = (at: number, extent: number): number => {
    const inside = Math.abs(at);
    return inside < extent ? inside : 2 * (extent - 1) - inside;
  };
  const picked = pickRows(context, {
    source: context.as(x, blockedImage(block)),
    rows: images * height * width,
    width: block,
    rule: `reflect/${images}x${height}x${width}/${top},${left},${bottom},${right}`,
    index: () =>
      Int32Array.from({ length: images * tall * wide }, (_, i) => {
        const [image, row, column] = [Math.floor(i / (tall * wide)), Math.floor(i / wide) % tall, i % wide];
        return (image * height + mirrored(row - top, height)) * width + mirrored(column - left, width);
      }),
  });
  return { name: context.reshaped(picked, physicalShape(layout, shape)), shape, dtype, layout };
}

const flag = (value: unknown): OnnxAttribute => int(value === true ? 1 : 0);

export const lowerMatMul: LowerNode = (node, context) =>
  plainResult(node, context.emit({ op: "MatMul", inputs: node.inputs.map((value) => context.plain(value)) }));

export const lowerGather: LowerNode = (node, context) => {
  const [x, indices] = node.inputs as [Value, Value];
  const { shape, dtype } = output(node);
  const axis = node.attributes["axis"] as number;
  const layout = indices.shape.length === 1 ? layoutForAxes(context, [x], [axis]) : PLAIN;
  const inputs = [context.as(x, layout), context.plain(indices)];
  const name = context.emit({
    op: "Gather",
    inputs,
    attributes: { axis: int(physicalAxes(layout, [axis])[0]) },
  });
  return [{ name, shape, dtype, layout }];
};

export const lowerEinsum: LowerNode = (node, context) => {
  const inputs = node.inputs.map((value) => context.plain(value));
  return plainResult(
    node,
    context.emit({ op: "Einsum", inputs, attributes: { equation: text(node.attributes["equation"] as string) } }),
  );
};

export const lowerArg: LowerNode = (node, context) => {
  const attributes = { axis: int(node.attributes["axis"] as number), keepdims: int(0) };
  const index = context.emit({ op: node.op, inputs: [context.plain(first(node))], attributes });
  return plainResult(node, context.emit({ op: "Cast", inputs: [index], attributes: { to: int(ELEMENT_TYPE.int32) } }));
};

export const lowerCumSum: LowerNode = (node, context) => {
  const axis = context.initializer({ dtype: "int64", shape: [], data: [node.attributes["axis"] as number] });
  const attributes = { exclusive: flag(node.attributes["exclusive"]), reverse: flag(node.attributes["reverse"]) };
  return plainResult(node, context.emit({ op: "CumSum", inputs: [context.plain(first(node)), axis], attributes }));
};

export const lowerUnpack: LowerNode = (node, context) => {
  const flat = context.at(first(node));
  const packing = node.attributes["packing"] as Packing;
  if (isPacked(flat.layout) && flat.layout.packing === packing) return context.splitPacked(flat.name, flat.layout);
  const target = packedLayout(packing);
  const packed = context.convert({ ...flat, name: context.plain(flat), layout: PLAIN }, target);
  return context.splitPacked(packed.name, target);
};

export const lowerPack: LowerNode = (node, context) => [
  context.joinPacked(
    node.inputs.map((value) => context.at(value)),
    node.attributes["packing"] as Packing,
  ),
];
