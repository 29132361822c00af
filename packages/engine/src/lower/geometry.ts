/** @file What lowerings of convolutions have in common. */
import type { Node, Value } from "../graph/ir.js";
import type { Geometry } from "../trace/kernels/convolution.js";
import { ints, type OnnxAttribute } from "./lowering.js";

export type Extents = readonly [number, number, number, number];
export type ConvAttributes = Record<string, OnnxAttribute>;

export const geometryOf = (node: Node): Geometry => node.attributes as unknown as Geometry;

/** The node's only output. */
export const result = (node: Node): Value => node.outputs[0];

/** Whether the taps of a kernel are whole cells of strides x strides. */
export const wholeCells = ({ strides, kernel }: Geometry): boolean =>
  kernel.every((taps, axis) => taps % strides[axis] === 0);

/** One tap, stride 1. */
export const POINT: ConvAttributes = {
  strides: ints([1, 1]),
  dilations: ints([1, 1]),
  pads: ints([0, 0, 0, 0]),
  kernel_shape: ints([1, 1]),
};
