/** @file Cropping, rotating and projecting images. LIMIT: differentiated by the images, not by boxes and transforms. */
import * as tf from "@tensorflow/tfjs";
import { cropSampling, projectionSampling, rotationSampling, unsampleImage } from "../ops/sampling.js";
import { gradientOf } from "./registry.js";

const cropAndResize = gradientOf<tf.CropAndResizeAttrs>(
  tf.CropAndResize,
  { inputs: ["image", "boxes", "boxInd"] },
  (dy, [image, boxes, boxInd], { cropSize, method }) => ({
    image: () => unsampleImage(dy, cropSampling(image.shape, { boxes, boxInd, cropSize, method }), image.shape),
  }),
);

const transform = gradientOf<tf.TransformAttrs>(
  tf.Transform,
  { inputs: ["image", "transforms"] },
  (dy, [image, transforms], attrs) => ({
    image: () => unsampleImage(dy, projectionSampling(image.shape, { transforms, ...attrs }), image.shape),
  }),
);

const rotateWithOffset = gradientOf<tf.RotateWithOffsetAttrs>(
  tf.RotateWithOffset,
  { inputs: ["image"] },
  (dy, [image], attrs) => ({ image: () => unsampleImage(dy, rotationSampling(image.shape, attrs), image.shape) }),
);

export const samplingGradients = [cropAndResize, transform, rotateWithOffset];
