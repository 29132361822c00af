/** @file Batches of samples that lie in memory as bytes. */
import { float32, float32Array, type HostTensor, int32Array, sizeOf } from "@gan-arena/core/base";

/** Value of each byte: 0 is -1 and 255 is 1. */
const VALUES = Float32Array.from({ length: 256 }, (_, byte) => byte / 127.5 - 1);

export interface Pictures {
  /** `[n, …shape]`, row-major. */
  readonly pixels: Uint8Array;
  /** Of one picture. */
  readonly shape: readonly number[];
}

/** Some of the pictures, in [-1,1]. @param into as in `DataSource.batch` */
export function gatherPictures({ pixels, shape }: Pictures, indices: Int32Array, into?: HostTensor): HostTensor {
  const length = sizeOf(shape);
  const n = indices.length;
  const x = float32([n, ...shape], float32Array(n * length, into?.data));
  for (let i = 0, to = 0; i < n; i++)
    for (let from = indices[i] * length, end = from + length; from < end; from++, to++)
      x.data[to] = VALUES[pixels[from]];
  return x;
}

/** Some of the labels. @param into as in `DataSource.batch` */
export function gatherLabels(labels: ArrayLike<number>, indices: Int32Array, into?: HostTensor): HostTensor {
  const n = indices.length;
  const data = int32Array(n, into?.data);
  for (let i = 0; i < n; i++) data[i] = labels[indices[i]];
  return { shape: [n], dtype: "int32", data };
}
