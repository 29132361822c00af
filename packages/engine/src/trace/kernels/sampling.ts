/** @file Cropping, rotating and projecting images: gathers of pixels with weights. */
import {
  cropSampling,
  opaque,
  projectionSampling,
  rotationSampling,
  sampleImage,
  tf,
  type Tensor,
} from "@gan-arena/core";
import { composed } from "./support.js";

export function registerSampling(): void {
  composed("CropAndResize", ({ image, boxes, boxInd }, attrs) => {
    const { cropSize, method, extrapolationValue } = attrs as unknown as tf.CropAndResizeAttrs;
    const source = tf.cast(image, "float32");
    return sampleImage(source, cropSampling(image.shape, { boxes, boxInd, cropSize, method }), extrapolationValue);
  });
  composed("Transform", ({ image, transforms }, attrs) => {
    const { fillValue, ...how } = attrs as unknown as tf.TransformAttrs;
    const sampling = projectionSampling(image.shape, { transforms, ...how });
    return likeImage(image, sampleImage(tf.cast(image, "float32"), sampling, fillValue));
  });
  composed("RotateWithOffset", ({ image }, attrs) => {
    const { fillValue, ...how } = attrs as unknown as tf.RotateWithOffsetAttrs;
    const filler = opaque(fillValue, image.shape[3] as number);
    return likeImage(image, sampleImage(tf.cast(image, "float32"), rotationSampling(image.shape, how), filler));
  });
}

const likeImage = (image: Tensor, sampled: Tensor): Tensor => tf.cast(sampled, image.dtype);
