/** @file Convolutions and their two gradients. Images NHWC, filters HWIO; NCHW is turned at the border. */
import { tf } from "@gan-arena/core";
import type { Value } from "../../graph/ir.js";
import { transpose } from "./shape.js";
import { kernel, type KernelContext } from "./support.js";

const { backend_util: backendUtil } = tf;

type Padding = Parameters<typeof backendUtil.computeConv2DInfo>[4];
type Rounding = Parameters<typeof backendUtil.computeConv2DInfo>[5];
export type Image = [number, number, number, number];
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
    const [x, filter] = [imageInput(k, "x"), k.input("filter")];
    const { attributes, outShape } = geometry(k, x.shape, filter.shape);
    return imageResult(k, k.make({ op: "Conv", inputs: [x, filter], attributes, shape: outShape }));
  });
  kernel("Conv2DBackpropInput", (k) => {
    const [dy, filter] = [imageInput(k, "dy"), k.input("filter")];
    const inputShape = k.attrs["inputShape"] as Image;
    const shape = channelsFirst(k) ? turned(inputShape, TO_NHWC) : inputShape;
    const { attributes } = geometry(k, shape, filter.shape);
    return imageResult(k, k.make({ op: "ConvInputGrad", inputs: [dy, filter], attributes, shape }));
  });
  kernel("Conv2DBackpropFilter", (k) => {
    const [x, dy] = [imageInput(k, "x"), imageInput(k, "dy")];
    const filterShape = k.attrs["filterShape"] as Image;
    const { attributes } = geometry(k, x.shape, filterShape);
    return k.make({ op: "ConvFilterGrad", inputs: [x, dy], attributes, shape: filterShape });
  });
}

const TO_NHWC = [0, 2, 3, 1];
const TO_NCHW = [0, 3, 1, 2];

const channelsFirst = (k: KernelContext): boolean => k.attrs["dataFormat"] === "NCHW";
const turned = (shape: readonly number[], perm: readonly number[]): number[] => perm.map((axis) => shape[axis]);

/** An image operand in the order of the graph. */
export function imageInput(k: KernelContext, name: string): Value {
  const x = k.input(name);
  return channelsFirst(k) ? transpose(k, x, TO_NHWC) : x;
}

/** An image in the order that the caller wants. */
export const imageResult = (k: KernelContext, image: Value): Value =>
  channelsFirst(k) ? transpose(k, image, TO_NCHW) : image;

interface ConvInfo {
  readonly attributes: Geometry & Record<string, never>;
  readonly outShape: readonly number[];
}

/** @param inputShape `[N,H,W,C]` @param filterShape `[kh,kw,I,O]`, or `[kh,kw,C,M]` for a depthwise convolution */
export function geometry(
  k: KernelContext,
  inputShape: readonly number[],
  filterShape: readonly number[],
  depthwise = false,
): ConvInfo {
  const pad = k.attrs["pad"];
  const info = backendUtil.computeConv2DInfo(
    inputShape as Image, filterShape as Image, k.attrs["strides"] as Pair, (k.attrs["dilations"] as Pair | undefined) ?? 1,
    (channelsFirst(k) && Array.isArray(pad) ? turned(pad as never, TO_NHWC) : pad) as Padding,
    k.attrs["dimRoundingMode"] as Rounding, depthwise,
  ); // prettier-ignore
  const { top, left, bottom, right } = info.padInfo;
  const attributes: Geometry = {
    strides: [info.strideHeight, info.strideWidth],
    dilations: [info.dilationHeight, info.dilationWidth],
    pads: [top, left, bottom, right],
    kernel: [info.filterHeight, info.filterWidth],
    groups: depthwise ? info.outChannels : 1,
  };
  return { attributes: attributes as ConvInfo["attributes"], outShape: info.outShape };
}
