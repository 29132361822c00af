/** @file Convolutions and their two gradients, pooling, resizing. Images NHWC, filters HWIO. */
import { tf } from "@gan-arena/core";
import { unsupportedOp } from "@gan-arena/core/base";
import type { Value } from "../../graph/ir.js";
import { kernel, type KernelContext } from "./support.js";

const { backend_util: backendUtil } = tf;

type Padding = Parameters<typeof backendUtil.computeConv2DInfo>[4];
type Rounding = Parameters<typeof backendUtil.computeConv2DInfo>[5];
type Image = [number, number, number, number];
type Pair = [number, number];

/** The geometry of a convolution, the same for its forward op and both gradients. Attribute of the three nodes. */
export interface Geometry {
  readonly strides: readonly [number, number];
  readonly dilations: readonly [number, number];
  /** top, left, bottom, right */
  readonly pads: readonly [number, number, number, number];
  readonly kernel: readonly [number, number];
  /** 1, or the number of channels for a depthwise convolution. */
  readonly groups: number;
}

export function registerConvolution(): void {
  kernel("Conv2D", (k) => {
    const [x, filter] = [k.input("x"), k.input("filter")];
    const info = geometry(k, x.shape, filter.shape);
    return conv(k, x, filter, info);
  });
  kernel("Conv2DBackpropInput", (k) => {
    const [dy, filter] = [k.input("dy"), k.input("filter")];
    const inputShape = k.attrs["inputShape"] as Image;
    const { attributes } = geometry(k, inputShape, filter.shape);
    return k.make({ op: "ConvInputGrad", inputs: [dy, filter], attributes, shape: inputShape });
  });
  kernel("Conv2DBackpropFilter", (k) => {
    const [x, dy] = [k.input("x"), k.input("dy")];
    const filterShape = k.attrs["filterShape"] as Image;
    const { attributes } = geometry(k, x.shape, filterShape);
    return k.make({ op: "ConvFilterGrad", inputs: [x, dy], attributes, shape: filterShape });
  });
  for (const [name, op] of [
    ["MaxPool", "MaxPool"],
    ["AvgPool", "AveragePool"],
  ] as const)
    kernel(name, (k) => {
      const x = k.input("x");
      const info = backendUtil.computePool2DInfo(
        x.shape as Image, k.attrs["filterSize"] as Pair, k.attrs["strides"] as Pair, 1,
        k.attrs["pad"] as Padding, k.attrs["dimRoundingMode"] as Rounding,
      ); // prettier-ignore
      const { top, left, bottom, right } = info.padInfo;
      const attributes = {
        kernel: [info.filterHeight, info.filterWidth],
        strides: [info.strideHeight, info.strideWidth],
        pads: [top, left, bottom, right],
      };
      return k.make({ op, inputs: [x], attributes, shape: info.outShape });
    });
}

interface ConvInfo {
  readonly attributes: Geometry & Record<string, never>;
  readonly outShape: readonly number[];
}

function geometry(k: KernelContext, inputShape: readonly number[], filterShape: readonly number[]): ConvInfo {
  if (((k.attrs["dataFormat"] as string | undefined) ?? "NHWC") !== "NHWC")
    throw unsupportedOp(
      k.backend.graph.name,
      "a convolution has dataFormat NCHW",
      "use NHWC, the order of all images here",
    );
  const info = backendUtil.computeConv2DInfo(
    inputShape as Image, filterShape as Image, k.attrs["strides"] as Pair, (k.attrs["dilations"] as Pair | undefined) ?? 1,
    k.attrs["pad"] as Padding, k.attrs["dimRoundingMode"] as Rounding, false,
  ); // prettier-ignore
  const { top, left, bottom, right } = info.padInfo;
  const attributes: Geometry = {
    strides: [info.strideHeight, info.strideWidth],
    dilations: [info.dilationHeight, info.dilationWidth],
    pads: [top, left, bottom, right],
    kernel: [info.filterHeight, info.filterWidth],
    groups: 1,
  };
  return { attributes: attributes as ConvInfo["attributes"], outShape: info.outShape };
}

const conv = (k: KernelContext, x: Value, filter: Value, { attributes, outShape }: ConvInfo): Value =>
  k.make({ op: "Conv", inputs: [x, filter], attributes, shape: outShape });
