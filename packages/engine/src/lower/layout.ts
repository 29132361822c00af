/**
 * @file Memory layouts: how the numbers of a tensor lie, apart from what its axes mean.
 *
 * A layout lists atoms, outermost first. An atom is a whole axis, or the outer or inner part of an axis that was
 * split into blocks. ONNX Runtime's convolutions want NCHW, or its blocked form with the channels of a block innermost.
 */
import { sizeOf } from "@gan-arena/core/base";
import { stridesOf } from "../graph/shapes.js";

/** The domain of ONNX Runtime's blocked kernels. */
export const BLOCKED_DOMAIN = "com.microsoft.nchwc";

export interface Atom {
  readonly axis: number;
  readonly part: "whole" | "outer" | "inner";
}

export interface Layout {
  readonly key: string;
  /** Undefined: every axis in order, whatever the rank. */
  readonly atoms?: readonly Atom[];
  /** Channels in a block, for layouts that split an axis. */
  readonly block: number;
}

const whole = (axis: number): Atom => ({ axis, part: "whole" });
const outer = (axis: number): Atom => ({ axis, part: "outer" });
const inner = (axis: number): Atom => ({ axis, part: "inner" });
const order = (key: string, axes: readonly number[]): Layout => ({ key, atoms: axes.map(whole), block: 1 });

/** The order of TensorFlow.js. */
export const PLAIN: Layout = { key: "plain", block: 1 };
/** Images NHWC kept as NCHW. */
export const NCHW = order("nchw", [0, 3, 1, 2]);
/** Images NHWC with channels and batch exchanged, kept as CNHW. */
export const CNHW = order("cnhw", [3, 0, 1, 2]);
/** Filters HWIO kept as OIHW. */
export const OIHW = order("oihw", [3, 2, 0, 1]);
/** Filters HWIO kept as IOHW, the order in which a convolution yields filter gradients. */
export const IOHW = order("iohw", [2, 3, 0, 1]);

/** Images NHWC kept as `[N, C/b, H, W, b]`. */
export const blockedImage = (block: number): Layout => ({
  key: `nchw${block}c`,
  atoms: [whole(0), outer(3), whole(1), whole(2), inner(3)],
  block,
});

/** Filters HWIO kept as `[O/b, I/b, kh, kw, b of I, b of O]`. */
export const blockedFilter = (block: number): Layout => ({
  key: `oihw${block}i${block}o`,
  atoms: [outer(3), outer(2), whole(0), whole(1), inner(2), inner(3)],
  block,
});

/** Filters HWIO of few input channels kept as `[O/b, I, kh, kw, b of O]`. */
export const blockedOutputFilter = (block: number): Layout => ({
  key: `oihw${block}o`,
  atoms: [outer(3), whole(2), whole(0), whole(1), inner(3)],
  block,
});

/** Images NHWC kept as `[C/b, N, H, W, b]`: filters as large as an image, of which the samples are the input channels. */
export const blockedBatch = (block: number): Layout => ({
  key: `cnhw${block}c`,
  atoms: [outer(3), whole(0), whole(1), whole(2), inner(3)],
  block,
});

/** The same where the samples fill blocks: `[C/b, N/b, H, W, b of N, b of C]`. */
export const blockedBatchAndChannels = (block: number): Layout => ({
  key: `cnhw${block}n${block}c`,
  atoms: [outer(3), outer(0), whole(1), whole(2), inner(0), inner(3)],
  block,
});

/** Filters HWIO kept as `[I, O/b, kh, kw, b of O]`. */
export const blockedOutputLast = (block: number): Layout => ({
  key: `iohw${block}o`,
  atoms: [whole(2), outer(3), whole(0), whole(1), inner(3)],
  block,
});

/** Filters HWIO kept as `[O, I/b, kh, kw, b of I]`. */
export const blockedInputLast = (block: number): Layout => ({
  key: `oihw${block}i`,
  atoms: [whole(3), outer(2), whole(0), whole(1), inner(2)],
  block,
});

/** Filters HWIO of few output channels kept as `[I/b, O, kh, kw, b of I]`, for the input gradient. */
export const turnedInputFilter = (block: number): Layout => ({
  key: `iohw${block}i`,
  atoms: [outer(2), whole(3), whole(0), whole(1), inner(2)],
  block,
});

/** Depthwise filters HWC1 kept as `[C/b, 1, kh, kw, b]`. */
export const blockedDepthwiseFilter = (block: number): Layout => ({
  key: `chw${block}c`,
  atoms: [outer(2), whole(3), whole(0), whole(1), inner(2)],
  block,
});

/** Weights `[H, W, C, O]` of a dense layer that sees images, kept as `[C/b, H, W, b, O]`: for images that lie in blocks. */
export const blockedRows = (block: number): Layout => ({
  key: `hw${block}co`,
  atoms: [outer(2), whole(0), whole(1), inner(2), whole(3)],
  block,
});

/** Whether a tensor of that shape can lie in that layout; an extent of 1 always can, so that operands broadcast. */
export const fits = (layout: Layout, shape: readonly number[]): boolean =>
  layout.atoms === undefined ||
  (shape.length === 4 &&
    layout.atoms.every(({ axis, part }) => part !== "inner" || shape[axis] === 1 || shape[axis] % layout.block === 0));

function atomsOf(layout: Layout, shape: readonly number[]): readonly Atom[] {
  return layout.atoms ?? shape.map((_, axis) => whole(axis));
}

function extentOf({ axis, part }: Atom, shape: readonly number[], block: number): number {
  const extent = shape[axis];
  if (part === "whole") return extent;
  if (extent === 1) return 1;
  return part === "inner" ? block : extent / block;
}

/** The shape in memory of a tensor of logical `shape`. */
export const physicalShape = (layout: Layout, shape: readonly number[]): number[] =>
  atomsOf(layout, shape).map((atom) => extentOf(atom, shape, layout.block));

/** How to get from one layout to another: view as `from`, permute, view as the target. */
export interface Conversion {
  /** Extents to view the source with. */
  readonly view: readonly number[];
  /** Undefined when the numbers already lie in the right order. */
  readonly perm?: readonly number[];
}

/** The shortest conversion: atoms of extent 1 are left out and neighbours that stay together are merged. */
export function conversion(shape: readonly number[], from: Layout, to: Layout): Conversion {
  const block = Math.max(from.block, to.block);
  const splits = new Set<number>();
  for (const layout of [from, to])
    for (const { axis, part } of atomsOf(layout, shape)) if (part === "inner" && shape[axis] !== 1) splits.add(axis);
  const finest = (layout: Layout): Atom[] =>
    atomsOf(layout, shape)
      .flatMap((atom) =>
        atom.part === "whole" && splits.has(atom.axis) ? [outer(atom.axis), inner(atom.axis)] : [atom],
      )
      .filter((atom) => extentOf(atom, shape, block) !== 1);
  const source = finest(from);
  const target = finest(to);
  const position = target.map((atom) => source.findIndex(({ axis, part }) => axis === atom.axis && part === atom.part));
  // Runs of the target that are contiguous in the source move as one axis.
  const runs: { first: number; last: number }[] = [];
  for (const p of position) {
    const run = runs.at(-1);
    if (run && run.last + 1 === p) run.last = p;
    else runs.push({ first: p, last: p });
  }
  const inSource = [...runs].sort((a, b) => a.first - b.first);
  const view = inSource.map(({ first, last }) =>
    sizeOf(source.slice(first, last + 1).map((atom) => extentOf(atom, shape, block))),
  );
  const perm = runs.map((run) => inSource.indexOf(run));
  return perm.every((axis, i) => axis === i) ? { view } : { view, perm };
}

/** The same conversion on the host. */
export function convertOnHost(
  data: Float32Array,
  shape: readonly number[],
  { from, to }: { from: Layout; to: Layout },
): Float32Array {
  const { view, perm } = conversion(shape, from, to);
  if (!perm) return data.slice();
  const out = new Float32Array(data.length);
  const sourceStrides = stridesOf(view);
  const extents = perm.map((axis) => view[axis]);
  const strides = perm.map((axis) => sourceStrides[axis]);
  const index = Array<number>(perm.length).fill(0);
  const last = perm.length - 1;
  const [lastExtent, lastStride] = [extents[last], strides[last]];
  let source = 0;
  for (let o = 0; o < out.length;) {
    for (let i = 0; i < lastExtent; i++) out[o++] = data[source + i * lastStride];
    for (let axis = last - 1; axis >= 0; axis--) {
      index[axis] = index[axis] + 1;
      source += strides[axis];
      if (index[axis] < extents[axis]) break;
      source -= extents[axis] * strides[axis];
      index[axis] = 0;
    }
  }
  return out;
}
