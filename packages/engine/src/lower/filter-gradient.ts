/**
 * @file The gradient of a convolution by its filter, in several spellings.
 *
 * It is itself a convolution, of the images with the output's gradient, in which batch and channels have changed places
 * and strides have become dilations; or a sum of products, of what the taps of the filter see with the output's gradient.
 */
import type { Node, Value } from "../graph/ir.js";
import { batchChannels } from "./batch-channels.js";
import { always, type Candidate } from "./choice.js";
import { columnChannels } from "./column-channels.js";
import { geometryOf, result, wholeCells, type Extents } from "./geometry.js";
import { CNHW, IOHW, NCHW, PLAIN, blockedImage, type Layout } from "./layout.js";
import { int, ints, isPacked, type Lowering, type Placed } from "./lowering.js";
import { padBlocked, padPixels } from "./pad.js";
import { tapColumns } from "./tap-columns.js";
import { wholeImageFilterGrad } from "./whole-image.js";

/** From this many channels on, copying whole pixels pays: shorter runs are copied value by value. */
const PIXEL_CHANNELS = 8;

const channelsIn = (node: Node): number => result(node).shape[2];

const taps: Candidate = {
  name: "taps",
  applies: (node) => channelsIn(node) >= PIXEL_CHANNELS,
  lower: (node, context) => [byTaps(node, context)],
};

const cells: Candidate = {
  name: "cells",
  applies: (node) =>
    channelsIn(node) >= PIXEL_CHANNELS && geometryOf(node).dilations.every((dilation) => dilation === 1),
  // Of a 3x3 kernel with stride 2 a group has four taps, sixteen in all.
  yields: (node) => !wholeCells(geometryOf(node)),
  lower: (node, context) => [byCells(node, context)],
};

const standard: Candidate = {
  name: "standard",
  applies: always,
  lower: (node, context) => [byConv(node, context)],
};

export const CONV_FILTER_GRAD: readonly Candidate[] = [
  wholeImageFilterGrad,
  columnChannels,
  batchChannels,
  tapColumns,
  cells,
  taps,
  standard,
];

/**
 * A product for each group of taps that see the same pixels of a cell, strides x strides pixels: what the group sees,
 * `[N h w, s s I]`, by the output's gradient `[N h w, O]`. Cells are made once; of them whole rows are copied.
 */
function byCells(node: Node, context: Lowering): Placed {
  const dy = node.inputs[1];
  const { strides, kernel } = geometryOf(node);
  const { shape } = result(node);
  const [, , input, output] = shape as unknown as Extents;
  const [n, h, w] = dy.shape as unknown as Extents;
  const [rows, columns] = [Math.ceil(kernel[0] / strides[0]), Math.ceil(kernel[1] / strides[1])];
  const grid: Grid = { rows: h + rows - 1, columns: w + columns - 1 };
  const image = cellsOf(context, node, grid); // [N, rows, columns, s, s, I]
  const depth = strides[0] * strides[1] * input;
  const flat = context.reshaped(image, [n, grid.rows, grid.columns, depth]);
  const gradients = context.reshaped(context.plain(dy), [n * h * w, output]);
  const product = (i: number, j: number): string => {
    const bounds = [
      [i, j],
      [i + h, j + w],
      [1, 2],
    ].map((values) => context.int64s(values));
    const seen = rows === 1 && columns === 1 ? flat : context.emit({ op: "Slice", inputs: [flat, ...bounds] });
    const attributes = { transA: int(1) };
    const result = context.emit({
      op: "Gemm",
      inputs: [context.reshaped(seen, [n * h * w, depth]), gradients],
      attributes,
    });
    return context.reshaped(result, [strides[0], strides[1] * input * output]);
  };
  const join = (parts: readonly string[], axis: number): string =>
    parts.length === 1 ? parts[0] : context.emit({ op: "Concat", inputs: parts, attributes: { axis: int(axis) } });
  // Tap (s i + a, s j + b) comes out at (a, b) of group (i, j).
  const all = join(
    Array.from({ length: rows }, (_, i) =>
      join(
        Array.from({ length: columns }, (__, j) => product(i, j)),
        1,
      ),
    ),
    0,
  );
  const made = [rows * strides[0], columns * strides[1], input, output];
  const name = context.reshaped(all, made);
  if (made[0] === kernel[0] && made[1] === kernel[1]) return { name, shape, dtype: "float32", layout: PLAIN };
  const bounds = [[0, 0], kernel, [0, 1]].map((values) => context.int64s(values));
  return { name: context.emit({ op: "Slice", inputs: [name, ...bounds] }), shape, dtype: "float32", layout: PLAIN };
}

interface Grid {
  readonly rows: number;
  readonly columns: number;
}

/** The padded image as cells of strides x strides pixels, from whatever layout it lies in. @returns `[N, rows, columns, s, s, I]` */
function cellsOf(context: Lowering, node: Node, { rows, columns }: Grid): string {
  const [x] = node.inputs as [Value];
  const { strides, pads } = geometryOf(node);
  const [n, height, width, input] = x.shape as unknown as Extents;
  const [sh, sw] = strides;
  const { layout } = context.at(x);
  const kept: Layout = layout.key === NCHW.key || (layout.block > 1 && !isPacked(layout)) ? layout : PLAIN;
  const block = kept === PLAIN ? input : kept.block; // NCHW is blocked by one
  const before = kept === PLAIN ? [n] : [n, input / block];
  const after = kept === PLAIN ? [input] : [block];
  const first = before.length;
  const border = [pads[0], pads[1], rows * sh - height - pads[0], columns * sw - width - pads[1]];
  const source = context.as(x, kept);
  const padded =
    kept.key === blockedImage(block).key
      ? padBlocked(context, source, { shape: x.shape, pads: border })
      : padPixels(context, context.reshaped(source, [...before, height, width, ...after]), { pads: border, first });
  const apart = context.reshaped(padded, [...before, rows, sh, columns, sw, ...after]);
  const outer = kept === PLAIN ? [] : [1];
  const perm = [0, first, first + 2, first + 1, first + 3, ...outer, first + 4];
  return context.emit({ op: "Transpose", inputs: [apart], attributes: { perm: ints(perm) } });
}

/**
 * A product for each tap: what the tap sees of the images, transposed `[I, N h w]`, by the output's gradient `[N h w, O]`.
 *
 * Joining what all taps see to the columns of one product costs more than it saves: the columns are kh kw times the image.
 */
function byTaps(node: Node, context: Lowering): Placed {
  const [x, dy] = node.inputs as [Value, Value];
  const { strides, dilations, pads, kernel } = geometryOf(node);
  const { shape } = result(node);
  const [, , input, output] = shape as unknown as Extents;
  const [n, h, w] = dy.shape as unknown as Extents;
  const padded = padPixels(context, context.plain(x), { pads, first: 1 });
  const span = (axis: 0 | 1, extent: number): number => (extent - 1) * strides[axis] + 1;
  const gradients = context.reshaped(context.plain(dy), [n * h * w, output]);
  const products: string[] = [];
  for (let i = 0; i < kernel[0]; i++)
    for (let j = 0; j < kernel[1]; j++) {
      const [row, column] = [i * dilations[0], j * dilations[1]];
      const bounds = [[row, column], [row + span(0, h), column + span(1, w)], [1, 2], strides];
      const seen = context.emit({ op: "Slice", inputs: [padded, ...bounds.map((values) => context.int64s(values))] });
      const rows = context.reshaped(seen, [n * h * w, input]);
      products.push(context.emit({ op: "Gemm", inputs: [rows, gradients], attributes: { transA: int(1) } })); // [I,O]
    }
  const joined =
    products.length === 1
      ? products[0]
      : context.emit({ op: "Concat", inputs: products, attributes: { axis: int(0) } });
  return { name: context.reshaped(joined, shape), shape, dtype: "float32", layout: PLAIN };
}

/** The convolution of images and gradients with batch and channels exchanged; strides become dilations. */
function byConv(node: Node, context: Lowering): Placed {
  const [x, dy] = node.inputs as [Value, Value];
  const { strides, dilations, pads, kernel } = geometryOf(node);
  const { shape } = result(node);
  const [, , input, output] = shape as unknown as Extents;
  const [n, H, W] = x.shape as unknown as Extents;
  const [, h, w] = dy.shape as unknown as Extents;
  const attributes = {
    strides: ints(dilations),
    dilations: ints(strides),
    pads: ints(pads),
    kernel_shape: ints([h, w]),
  };
  const images = context.reshaped(context.as(x, CNHW), [input, n, H, W]);
  const gradients = context.reshaped(context.as(dy, CNHW), [output, n, h, w]);
  const full = context.emit({ op: "Conv", inputs: [images, gradients], attributes }); // [I,O,kh',kw']
  // Rows and columns that the strided convolution did not look at give taps past the kernel.
  const taps = (axis: 0 | 1, extent: number, small: number): number =>
    Math.floor((extent + pads[axis] + pads[(axis + 2) as 2 | 3] - (small - 1) * strides[axis] - 1) / dilations[axis]) +
    1;
  const exact = taps(0, H, h) === kernel[0] && taps(1, W, w) === kernel[1];
  const name = exact
    ? full
    : context.emit({
        op: "Slice",
        inputs: [full, context.int64s([0, 0]), context.int64s(kernel), context.int64s([2, 3])],
      });
  return { name, shape, dtype: "float32", layout: IOHW };
}
