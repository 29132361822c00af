/**
 * @file Products of matrices, with what is added to them.
 *
 * A dense layer after convolutions sees images that lie in blocks of channels. Where its weights are few, they are put into that order,
 * forward and back, and not the images into another.
 */
import { sizeOf } from "@gan-arena/core/base";
import { sameShape, type Node, type Value } from "../graph/ir.js";
import { result, type Extents } from "./geometry.js";
import { PLAIN, blockedImage, blockedRows, physicalShape } from "./layout.js";
import { int, type LowerNode, type Lowering, type Placed } from "./lowering.js";

/** So many times the weights' numbers make images that are worth leaving as they lie. */
const FEW = 4;

export const lowerGemm: LowerNode = (node, context) =>
  ofImages(node, context) ?? [
    placed(
      node,
      product(
        node,
        context,
        node.inputs.map((value) => context.plain(value)),
      ),
    ),
  ];

function placed(node: Node, name: string): Placed {
  const { shape, dtype } = result(node);
  return { name, shape, dtype, layout: PLAIN };
}

/** What is added to the product alone, a bias or another gradient, is its third operand. */
function product(node: Node, context: Lowering, operands: readonly string[]): string {
  const attributes = {
    transA: int(node.attributes["transposeA"] === true ? 1 : 0),
    transB: int(node.attributes["transposeB"] === true ? 1 : 0),
  };
  const [rows, columns] = result(node).shape;
  const add = context.onlyConsumer(result(node));
  const summand = add?.op === "Add" ? add.inputs.find((input) => input !== result(node)) : undefined;
  const fuses =
    add !== undefined &&
    summand !== undefined &&
    summand.splat === undefined &&
    sameShape(result(add).shape, result(node).shape) &&
    (sameShape(summand.shape, [rows, columns]) ||
      (summand.shape.at(-1) === columns && sizeOf(summand.shape) === columns)) &&
    context.demand(summand);
  const inputs = [...operands, ...(fuses ? [context.plain(summand)] : [])];
  const name = context.emit({ op: "Gemm", inputs, attributes });
  if (fuses) context.place(result(add), placed(add, name));
  return name;
}

/** A product with images that lie in blocks, and few weights; else undefined. */
function ofImages(node: Node, context: Lowering): readonly Placed[] | undefined {
  const { block } = context.policy;
  if (block === 0) return undefined;
  const [left, right] = node.inputs as [Value, Value];
  const turned = [node.attributes["transposeA"], node.attributes["transposeB"]].map((flag) => flag === true);
  if (!turned[1]) {
    const image = blockedSource(context, left);
    if (!image) return undefined;
    const flat = context.reshaped(image.name, left.shape);
    if (!turned[0]) {
      if (!few(right, left)) return undefined;
      return [placed(node, product(node, context, [flat, blockedWeights(context, right, image.shape)]))];
    }
    return few(result(node), left) ? [gradient(node, context, { flat, right, image: image.shape })] : undefined;
  }
  // The gradient by the images: it lies as they do.
  const view = context.onlyConsumer(result(node));
  const images = view?.op === "Reshape" ? result(view) : undefined;
  if (turned[0] || !images || !isImage(images.shape, result(node).shape, block) || !few(right, images))
    return undefined;
  const name = context.emit({
    op: "Gemm",
    inputs: [context.plain(left), blockedWeights(context, right, images.shape)],
    attributes: { transA: int(0), transB: int(1) },
  });
  const layout = blockedImage(block);
  const { shape, dtype } = images;
  context.place(images, { name: context.reshaped(name, physicalShape(layout, shape)), shape, dtype, layout });
  // Nobody but the view looks at it.
  return [placed(node, name)];
}

const few = (weights: Value, images: Value): boolean => FEW * sizeOf(weights.shape) <= sizeOf(images.shape);

/** Whether rows are images of more than a pixel and whole blocks of channels. */
const isImage = (shape: readonly number[], rows: readonly number[], block: number): boolean =>
  shape.length === 4 && shape[0] === rows[0] && shape[1] * shape[2] > 1 && shape[3] % block === 0;

/** The images of which a matrix is a view with a row for each, if they lie in blocks. */
function blockedSource(context: Lowering, matrix: Value): Placed | undefined {
  const { block } = context.policy;
  if (matrix.node.op !== "Reshape") return undefined;
  const [image] = matrix.node.inputs;
  if (!isImage(image.shape, matrix.shape, block)) return undefined;
  const source = context.at(image);
  return source.layout.key === blockedImage(block).key ? source : undefined;
}

const weightShape = ([, height, width, channels]: Extents, columns: number): Extents => [
  height,
  width,
  channels,
  columns,
];

/** Weights `[H W C, O]` with their rows in the order of a blocked image. */
function blockedWeights(context: Lowering, weights: Value, image: readonly number[]): string {
  const shape = weightShape(image as unknown as Extents, weights.shape[1]);
  const plain: Placed = {
    name: context.reshaped(context.plain(weights), shape),
    shape,
    dtype: weights.dtype,
    layout: PLAIN,
  };
  return context.reshaped(context.as(plain, blockedRows(context.policy.block)), weights.shape);
}

/** The gradient by the weights `[H W C, O]`: its rows come in the order of the images. */
function gradient(
  node: Node,
  context: Lowering,
  { flat, right, image }: { flat: string; right: Value; image: readonly number[] },
): Placed {
  const layout = blockedRows(context.policy.block);
  const rows = context.emit({
    op: "Gemm",
    inputs: [flat, context.plain(right)],
    attributes: { transA: int(1), transB: int(0) },
  });
  const shape = weightShape(image as unknown as Extents, result(node).shape[1]);
  const name = context.reshaped(rows, physicalShape(layout, shape));
  const plain = context.plain({ ...placed(node, name), shape, layout });
  return placed(node, context.reshaped(plain, result(node).shape));
}
