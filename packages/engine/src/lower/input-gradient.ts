/** @file The gradient of a convolution by its input, which is also the transposed convolution. */
import type { Value } from "../graph/ir.js";
import type { Geometry } from "../trace/kernels/convolution.js";
import { attributesOf, blockedConv, nchwExtents, viewed } from "./blocked.js";
import { always, type Candidate } from "./choice.js";
import { plainConv } from "./convolution.js";
import { fewOutputs } from "./few-channels.js";
import { geometryOf, result, type Extents } from "./geometry.js";
import { NCHW, OIHW, blockedImage, turnedInputFilter, type Layout } from "./layout.js";
import { int, ints, type Lowering, type Placed } from "./lowering.js";
import { divisible } from "./policy.js";
import { outputPhases, type OutputPhase } from "./residues.js";
import { tailOf, withTail, type Tail } from "./tail.js";
import { turnedTaps } from "./turned-filter.js";
import { wholeImageInputGrad } from "./whole-image.js";

/** One blocked convolution for each residue of the stride, interleaved. */
const residues: Candidate = {
  name: "residues",
  applies(node, policy) {
    const [dy, filter] = node.inputs as [Value, Value];
    const [, , input, output] = filter.shape as unknown as Extents;
    return (
      divisible(policy, input) &&
      (output < policy.block || divisible(policy, output)) &&
      outputPhases(geometryOf(node), result(node).shape, dy.shape) !== undefined
    );
  },
  lower(node, context) {
    const [dy, filter] = node.inputs as [Value, Value];
    const { shape } = result(node);
    const tail = tailOf(context, result(node));
    const phases = outputPhases(geometryOf(node), shape, dy.shape) ?? [];
    const images = phases.map((row) => row.map((phase) => phaseConv(context, { dy, filter, phase, tail })));
    return withTail(context, tail, interleave(context, images, shape));
  },
};

const standard: Candidate = {
  name: "standard",
  applies: always,
  lower(node, context) {
    const [dy, filter] = node.inputs as [Value, Value];
    const { shape } = result(node);
    const tail = tailOf(context, result(node));
    const geometry = geometryOf(node);
    const attributes = { ...attributesOf(geometry), output_padding: ints(unseen(geometry, shape, dy.shape)) };
    const inputs = [context.as(dy, NCHW), context.as(filter, OIHW)];
    return withTail(context, tail, plainConv(context, { op: "ConvTranspose", inputs, attributes, tail, shape }));
  },
};

export const CONV_INPUT_GRAD: readonly Candidate[] = [wholeImageInputGrad, residues, fewOutputs, standard];

/** Rows and columns at the far end that a strided convolution did not look at: their gradient is zero. */
export function unseen(
  { strides, dilations, pads, kernel }: Geometry,
  shape: readonly number[],
  small: readonly number[],
): [number, number] {
  const rest = (axis: 0 | 1): number =>
    shape[axis + 1] -
    ((small[axis + 1] - 1) * strides[axis] +
      (kernel[axis] - 1) * dilations[axis] +
      1 -
      pads[axis] -
      pads[(axis + 2) as 2 | 3]);
  return [rest(0), rest(1)];
}

/** @returns the name of the phase's image `[N, I/b, h, w, b]` */
function phaseConv(
  context: Lowering,
  { dy, filter, phase, tail }: { dy: Value; filter: Value; phase: OutputPhase; tail: Tail },
): string {
  const { block } = context.policy;
  const [, , input, output] = filter.shape as unknown as Extents;
  const few = output < block;
  const weights = few
    ? tapsOf(context, filter, { layout: turnedInputFilter(block), phase })
    : turnedTaps(context, filter, phase.taps);
  const kernel = phase.taps.map((taps) => taps.length);
  const image = few
    ? context.as(dy, NCHW)
    : viewed(context, context.as(dy, blockedImage(block)), nchwExtents(dy.shape));
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

/** The taps of a phase, of a filter in a layout with rows and columns of taps as its third and fourth axes. */
export function tapsOf(
  context: Lowering,
  filter: Value,
  { layout, phase }: { layout: Layout; phase: OutputPhase },
): string {
  return phase.taps.reduce(
    (name, taps, i) => {
      if (taps.length === filter.shape[i] && taps.every((tap, j) => tap === j)) return name;
      return context.emit({ op: "Gather", inputs: [name, context.int64s(taps)], attributes: { axis: int(i + 2) } });
    },
    context.as(filter, layout),
  );
}

/** Puts strides x strides images together: columns first, then rows. */
export function interleave(
  context: Lowering,
  phases: readonly (readonly string[])[],
  shape: readonly number[],
): Placed {
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
