/**
 * @file Convolutions, transposed convolutions and pooling: blocked kernels where the channels allow them, else NCHW.
 *
 * What follows a convolution at once, a bias and an activation, is computed by its kernel.
 */
import { sizeOf } from "@gan-arena/core/base";
import { sameShape, type Value } from "../graph/ir.js";
import type { Geometry } from "../trace/kernels/convolution.js";
import { geometryOf, result, type ConvAttributes, type Extents } from "./geometry.js";
import { NCHW, OIHW, blockedFilter, blockedImage, blockedOutputFilter } from "./layout.js";
import { float, floats, int, ints, text, type LowerNode, type Lowering, type Placed } from "./lowering.js";
import { divisible } from "./policy.js";

/** The domain of ONNX Runtime's blocked kernels. */
export const BLOCKED_DOMAIN = "com.microsoft.nchwc";

const attributesOf = ({ strides, dilations, pads, kernel }: Geometry): ConvAttributes => ({
  strides: ints(strides),
  dilations: ints(dilations),
  pads: ints(pads),
  kernel_shape: ints(kernel),
});

/** What follows a convolution at once and is computed on its way out: a bias for each channel, then an activation. */
interface Tail {
  /** The last value that the kernel computes. */
  readonly value: Value;
  readonly bias?: Value;
  readonly activation?: { readonly name: string; readonly params: readonly number[] };
}

function tailOf(context: Lowering, conv: Value): Tail {
  const channels = conv.shape[3];
  let tail: Tail = { value: conv };
  const add = context.onlyConsumer(conv);
  if (add?.op === "Add" && sameShape(add.outputs[0].shape, conv.shape)) {
    const bias = add.inputs.find((input) => input !== conv);
    const perChannel =
      bias && bias.splat === undefined && bias.shape.at(-1) === channels && sizeOf(bias.shape) === channels;
    if (perChannel && context.isPlaced(bias)) tail = { value: add.outputs[0], bias };
  }
  const next = context.onlyConsumer(tail.value);
  if (next?.op === "Relu") tail = { ...tail, value: next.outputs[0], activation: { name: "Relu", params: [] } };
  if (next?.op === "LeakyRelu")
    tail = {
      ...tail,
      value: next.outputs[0],
      activation: { name: "LeakyRelu", params: [next.attributes["alpha"] as number] },
    };
  return tail;
}

const biasInput = (context: Lowering, { bias }: Tail): string[] =>
  bias ? [context.reshaped(context.plain(bias), [sizeOf(bias.shape)])] : [];

const activationAttributes = ({ activation }: Tail): ConvAttributes =>
  activation ? { activation: text(activation.name), activation_params: floats(activation.params) } : {};

/** The result of a convolution stands for the last value of its tail; values before it are used by nobody else. */
function withTail(context: Lowering, { value }: Tail, placed: Placed): readonly Placed[] {
  context.place(value, placed);
  return [placed];
}

export const lowerConv: LowerNode = (node, context) => {
  const [x, filter] = node.inputs as [Value, Value];
  const { shape } = result(node);
  const tail = tailOf(context, result(node));
  const [, , input, output] = filter.shape as unknown as Extents;
  const attributes = attributesOf(geometryOf(node));
  const { policy } = context;
  const { block } = policy;
  if (divisible(policy, output) && (input < block || divisible(policy, input))) {
    const few = input < block;
    const image = few ? context.as(x, NCHW) : viewed(context, context.as(x, blockedImage(block)), nchwExtents(x.shape));
    const weights = context.as(filter, few ? blockedOutputFilter(block) : blockedFilter(block));
    const y = blockedConv(context, {
      image,
      weights: viewed(context, weights, oihwExtents(filter.shape)),
      attributes,
      tail,
    });
    return withTail(context, tail, blockedImageOf(context, y, shape));
  }
  return withTail(
    context,
    tail,
    plainConv(context, {
      op: "Conv",
      inputs: [context.as(x, NCHW), context.as(filter, OIHW)],
      attributes,
      tail,
      shape,
    }),
  );
};

/** A standard kernel on NCHW, which takes the bias; the activation is ONNX Runtime's to fuse. */
function plainConv(
  context: Lowering,
  {
    op,
    inputs,
    attributes,
    tail,
    shape,
  }: { op: string; inputs: string[]; attributes: ConvAttributes; tail: Tail; shape: readonly number[] },
): Placed {
  const { activation } = tail;
  const y = context.emit({ op, inputs: [...inputs, ...biasInput(context, tail)], attributes });
  const [alpha] = activation?.params ?? [];
  const name = activation
    ? context.emit({ op: activation.name, inputs: [y], attributes: alpha === undefined ? {} : { alpha: float(alpha) } })
    : y;
  return { name, shape, dtype: "float32", layout: NCHW };
}

const nchwExtents = (shape: readonly number[]): Extents => {
  const [n, h, w, c] = shape as unknown as Extents;
  return [n, c, h, w];
};

const oihwExtents = (shape: readonly number[]): Extents => {
  const [h, w, i, o] = shape as unknown as Extents;
  return [o, i, h, w];
};

/** Blocked kernels name tensors by their four logical extents, whatever lies in memory. */
const viewed = (context: Lowering, name: string, shape: readonly number[]): string => context.reshaped(name, shape);

interface BlockedConv {
  readonly image: string;
  readonly weights: string;
  readonly attributes: ConvAttributes;
  readonly tail: Tail;
}

const blockedConv = (context: Lowering, { image, weights, attributes, tail }: BlockedConv): string =>
  context.emit({
    op: "Conv",
    domain: BLOCKED_DOMAIN,
    inputs: [image, weights, ...biasInput(context, tail)],
    attributes: { ...attributes, ...activationAttributes(tail) },
  });

/** The result of a blocked kernel as an image `[N, C/b, H, W, b]`. */
function blockedImageOf(context: Lowering, name: string, shape: readonly number[]): Placed {
  const { block } = context.policy;
  const [n, h, w, c] = shape as unknown as Extents;
  return {
    name: context.reshaped(name, [n, c / block, h, w, block]),
    shape,
    dtype: "float32",
    layout: blockedImage(block),
  };
}

export const lowerConvInputGrad: LowerNode = (node, context) => {
  const [dy, filter] = node.inputs as [Value, Value];
  const geometry = geometryOf(node);
  const { shape } = result(node);
  const tail = tailOf(context, result(node));
  const [, , input, output] = filter.shape as unknown as Extents;
  const phases = divisible(context.policy, input, output) ? outputPhases(geometry, shape, dy.shape) : undefined;
  if (phases) {
    const images = phases.map((row) => row.map((phase) => phaseConv(context, { dy, filter, phase, tail })));
    return withTail(context, tail, interleave(context, images, shape));
  }
  const [, H, W] = shape as unknown as Extents;
  const [, h, w] = dy.shape as unknown as Extents;
  const { strides, dilations, pads, kernel } = geometry;
  // What a strided convolution did not look at on the right and the bottom has gradient zero.
  const rest = (axis: 0 | 1, full: number, small: number): number =>
    full -
    ((small - 1) * strides[axis] + (kernel[axis] - 1) * dilations[axis] + 1 - pads[axis] - pads[(axis + 2) as 2 | 3]);
  const attributes = { ...attributesOf(geometry), output_padding: ints([rest(0, H, h), rest(1, W, w)]) };
  const inputs = [context.as(dy, NCHW), context.as(filter, OIHW)];
  return withTail(context, tail, plainConv(context, { op: "ConvTranspose", inputs, attributes, tail, shape }));
};

/** One of the strides x strides interleaved images that a transposed convolution yields, as a convolution of stride 1. */
interface OutputPhase {
  /** Taps of the filter, in the order in which they are applied, by axis. */
  readonly taps: readonly [readonly number[], readonly number[]];
  /** top, left, bottom, right */
  readonly pads: readonly number[];
  readonly extent: readonly [number, number];
}

interface AxisPhase {
  readonly taps: readonly number[];
  readonly before: number;
  readonly after: number;
  readonly extent: number;
}

/**
 * The phases of the input gradient dx[s q + a] = sum_t dy[q + c - t] w[r + s t] with r = (a + p) mod s and
 * c = floor((a + p) / s): each residue a is a convolution of dy with every s-th tap, reversed.
 * @returns undefined when the extents do not interleave evenly, or a padding would be negative
 */
function outputPhases(
  { strides, dilations, pads, kernel }: Geometry,
  shape: readonly number[],
  small: readonly number[],
): OutputPhase[][] | undefined {
  if (dilations[0] !== 1 || dilations[1] !== 1) return undefined;
  const axis = (i: 0 | 1): AxisPhase[] | undefined => {
    const [full, extent, stride] = [shape[i + 1], small[i + 1], strides[i]];
    if (full % stride !== 0) return undefined;
    const phases = Array.from({ length: stride }, (_, a): AxisPhase => {
      const r = (a + pads[i]) % stride;
      const count = Math.ceil((kernel[i] - r) / stride);
      const before = count - 1 - Math.floor((a + pads[i]) / stride);
      const taps = Array.from({ length: count }, (_, u) => r + stride * (count - 1 - u));
      return { taps, before, after: full / stride + count - 1 - extent - before, extent: full / stride };
    });
    return phases.every(({ taps, before, after }) => taps.length > 0 && before >= 0 && after >= 0) ? phases : undefined;
  };
  const [rows, columns] = [axis(0), axis(1)];
  if (!rows || !columns) return undefined;
  return rows.map((row) =>
    columns.map((column) => ({
      taps: [row.taps, column.taps],
      pads: [row.before, column.before, row.after, column.after],
      extent: [row.extent, column.extent],
    })),
  );
}

/** @returns the name of the phase's image `[N, I/b, h, w, b]` */
function phaseConv(
  context: Lowering,
  { dy, filter, phase, tail }: { dy: Value; filter: Value; phase: OutputPhase; tail: Tail },
): string {
  const { block } = context.policy;
  const [, , input, output] = filter.shape as unknown as Extents;
  // [O/b, I/b, kh, kw, bi, bo]: input and output change places.
  const stored = context.as(filter, blockedFilter(block));
  const turned = context.emit({ op: "Transpose", inputs: [stored], attributes: { perm: ints([1, 0, 2, 3, 5, 4]) } });
  const weights = phase.taps.reduce((name, taps, i) => {
    if (taps.length === filter.shape[i] && taps.every((tap, j) => tap === j)) return name;
    return context.emit({ op: "Gather", inputs: [name, context.int64s(taps)], attributes: { axis: int(i + 2) } });
  }, turned);
  const kernel = phase.taps.map((taps) => taps.length);
  const image = viewed(context, context.as(dy, blockedImage(block)), nchwExtents(dy.shape));
  const attributes = {
    strides: ints([1, 1]),
    dilations: ints([1, 1]),
    pads: ints(phase.pads),
    kernel_shape: ints(kernel),
  };
  const y = blockedConv(context, {
    image,
    weights: viewed(context, weights, [input, output, ...kernel]),
    attributes,
    tail,
  });
  return context.reshaped(y, [dy.shape[0], input / block, ...phase.extent, block]);
}

/** Puts strides x strides images together: columns first, then rows. */
function interleave(context: Lowering, phases: readonly (readonly string[])[], shape: readonly number[]): Placed {
  const { block } = context.policy;
  const [n, H, W, c] = shape as unknown as Extents;
  const height = H / phases.length;
  const join = (names: readonly string[], axis: number): string =>
    names.length === 1 ? names[0] : context.emit({ op: "Concat", inputs: names, attributes: { axis: int(axis) } });
  const rows = phases
    .map((columns) => join(columns, 4))
    .map((row) => context.reshaped(row, [n, c / block, height, 1, W * block]));
  const name = context.reshaped(join(rows, 3), [n, c / block, H, W, block]);
  return { name, shape, dtype: "float32", layout: blockedImage(block) };
}

export const lowerPool: LowerNode = (node, context) => {
  const x = node.inputs[0];
  const { shape, dtype } = result(node);
  const attribute = (name: string): readonly number[] => node.attributes[name] as readonly number[];
  const attributes: ConvAttributes = {
    kernel_shape: ints(attribute("kernel")),
    strides: ints(attribute("strides")),
    pads: ints(attribute("pads")),
  };
  const name = context.emit({ op: node.op, inputs: [context.as(x, NCHW)], attributes });
  return [{ name, shape, dtype, layout: NCHW }];
};
