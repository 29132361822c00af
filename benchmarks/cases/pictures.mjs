/** @file Colour pictures made of random bytes: what is in them does not change the time of a step. */
import { float32, stream } from "@gan-arena/core/base";
import { shuffled } from "@gan-arena/datasets";

/**
 * @param {object} options
 * @param {readonly string[]} [options.fields] a picture in each; two of them are two domains
 * @returns the same source of `size` square pictures in [-1,1], kept as bytes, for training and for testing
 */
export function openPictures({ side, channels, size, fields = ["x"] }) {
  const shape = [side, side, channels];
  const length = side * side * channels;
  const bytes = fields.map((field) => randomBytes(size * length, `benchmarks/pictures/${field}`));
  const gather = (indices, all) => {
    const pictures = float32([indices.length, ...shape]);
    indices.forEach((index, i) => {
      const picture = all.subarray(index * length, (index + 1) * length);
      for (let k = 0, to = i * length; k < length; k++, to++) pictures.data[to] = picture[k] / 127.5 - 1;
    });
    return pictures;
  };
  const source = shuffled({
    spec: {
      name: "random-pictures",
      fields: Object.fromEntries(fields.map((field) => [field, { shape, dtype: "float32" }])),
      image: { height: side, width: side, channels },
      size,
    },
    split: "train",
    fingerprint: "",
    gather: (indices) => Object.fromEntries(fields.map((field, i) => [field, gather(indices, bytes[i])])),
  });
  return { train: source, test: source };
}

const randomBytes = (length, name) =>
  Uint8Array.from(stream(0, name).uniform(0, new Float32Array(length)), (value) => value * 256);
