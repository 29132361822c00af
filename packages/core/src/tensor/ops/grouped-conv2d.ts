/** @file Convolution in groups, which TensorFlow.js does not have: Krizhevsky 2012; Xie 2017, arXiv:1611.05431 (ResNeXt). */
import * as tf from "@tensorflow/tfjs";
import { formatShape, shapeMismatch } from "../../errors.js";

export interface GroupedConv2dOptions {
  readonly groups: number;
  /** Default 1. */
  readonly strides?: number | [number, number];
  /** Default `same`. */
  readonly pad?: "same" | "valid" | number;
  /** Default 1. */
  readonly dilations?: number | [number, number];
}

/**
 * Channels in and out are cut into `groups` runs, and each run of the output sees one run of the input. With as many groups as
 * channels it is a depthwise convolution.
 *
 * @param x `[N,H,W,C]`
 * @param filter `[kh,kw,C/groups,filters]`, as in PyTorch up to the order of axes
 * @returns `[N,H',W',filters]`
 * @throws GanError SHAPE_MISMATCH when channels or filters do not divide, or the filter is for other channels
 */
export function groupedConv2d(x: tf.Tensor, filter: tf.Tensor, options: GroupedConv2dOptions): tf.Tensor {
  const { groups, strides = 1, pad = "same", dilations = 1 } = options;
  const channels = x.shape[3] as number;
  const [kh, kw, perGroup, filters] = filter.shape as [number, number, number, number];
  if (channels !== perGroup * groups || filters % groups !== 0)
    throw shapeMismatch(
      "groupedConv2d",
      "the filter",
      `[kh,kw,${channels}/groups,filters] with filters a multiple of ${groups} groups, for an input ${formatShape(x.shape)}`,
      filter.shape,
      "change groups, or the filter's third axis",
    );
  const convolve = (part: tf.Tensor, own: tf.Tensor): tf.Tensor =>
    tf.conv2d(part as tf.Tensor4D, own as tf.Tensor4D, strides, pad, "NHWC", dilations);
  if (groups === 1) return convolve(x, filter);
  if (perGroup === 1) {
    // Output c M + m sees channel c: the order of a depthwise filter [kh,kw,C,M].
    const depthwise = tf.reshape<tf.Rank.R4>(filter, [kh, kw, channels, filters / groups]);
    return tf.depthwiseConv2d(x as tf.Tensor4D, depthwise, strides, pad, "NHWC", dilations);
  }
  const [parts, own] = [tf.split(x, groups, 3), tf.split(filter, groups, 3)];
  return tf.concat(
    parts.map((part, i) => convolve(part, own[i])),
    3,
  );
}
