/**
 * @file The gradient of a convolution by its filter, in two spellings.
 *
 * It is itself a convolution, of the images with the output's gradient, in which batch and channels have changed places
 * and strides have become dilations; or one product on columns of the images.
 */
import type { Node, Value } from "../graph/ir.js";
import { geometryOf, result, type Extents } from "./geometry.js";
import { CNHW, IOHW, PLAIN } from "./layout.js";
import { int, ints, type LowerNode, type Lowering, type Placed } from "./lowering.js";

export const lowerConvFilterGrad: LowerNode = (node, context) => {
  const [, , input] = result(node).shape as unknown as Extents;
  return [input >= COLUMN_CHANNELS ? filterGradByColumns(node, context) : filterGradByConv(node, context)];
};

/** From this many channels on, copying columns pays: shorter runs are copied value by value. */
const COLUMN_CHANNELS = 8;

/**
 * One product: the transposed columns of the images, `[N h w, kh kw I]`, by the output's gradient `[N h w, O]`. The
 * result is HWIO as it stands. Columns are slices of whole channels, so they are plain copies.
 */
function filterGradByColumns(node: Node, context: Lowering): Placed {
  const [x, dy] = node.inputs as [Value, Value];
  const { strides, dilations, pads, kernel } = geometryOf(node);
  const { shape } = result(node);
  const [, , input, output] = shape as unknown as Extents;
  const [n, h, w] = dy.shape as unknown as Extents;
  const [top, left, bottom, right] = pads;
  const padded = pads.some((extent) => extent > 0)
    ? context.emit({ op: "Pad", inputs: [context.plain(x), context.int64s([0, top, left, 0, 0, bottom, right, 0])] })
    : context.plain(x);
  const span = (axis: 0 | 1, extent: number): number => (extent - 1) * strides[axis] + 1;
  const columns: string[] = [];
  for (let i = 0; i < kernel[0]; i++)
    for (let j = 0; j < kernel[1]; j++) {
      const [row, column] = [i * dilations[0], j * dilations[1]];
      const bounds = [[row, column], [row + span(0, h), column + span(1, w)], [1, 2], strides];
      columns.push(context.emit({ op: "Slice", inputs: [padded, ...bounds.map((values) => context.int64s(values))] }));
    }
  const joined =
    columns.length === 1 ? columns[0] : context.emit({ op: "Concat", inputs: columns, attributes: { axis: int(3) } });
  const rows = context.reshaped(joined, [n * h * w, kernel[0] * kernel[1] * input]);
  const gradients = context.reshaped(context.plain(dy), [n * h * w, output]);
  const product = context.emit({ op: "Gemm", inputs: [rows, gradients], attributes: { transA: int(1) } });
  return { name: context.reshaped(product, shape), shape, dtype: "float32", layout: PLAIN };
}

/** The convolution of images and gradients with batch and channels exchanged; strides become dilations. */
function filterGradByConv(node: Node, context: Lowering): Placed {
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
