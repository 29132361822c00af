/** @file Colour pictures made of random bytes: what is in them does not change the time of a step. */
import { float32, stream } from "@gan-arena/core/base";
import { shuffled } from "@gan-arena/datasets";

/** @returns the same source of `size` square pictures in [-1,1], kept as bytes, for training and for testing */
export function openPictures({ side, channels, size }) {
  const length = side * side * channels;
  const bytes = Uint8Array.from(
    stream(0, "benchmarks/pictures").uniform(0, new Float32Array(size * length)),
    (value) => value * 256,
  );
  const source = shuffled({
    spec: {
      name: "random-pictures",
      fields: { x: { shape: [side, side, channels], dtype: "float32" } },
      image: { height: side, width: side, channels },
      size,
    },
    split: "train",
    fingerprint: "",
    gather(indices) {
      const x = float32([indices.length, side, side, channels]);
      indices.forEach((index, i) => {
        const picture = bytes.subarray(index * length, (index + 1) * length);
        for (let k = 0, to = i * length; k < length; k++, to++) x.data[to] = picture[k] / 127.5 - 1;
      });
      return { x };
    },
  });
  return { train: source, test: source };
}
