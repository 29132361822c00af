/** @file Data that is made up on the spot: enough to play any variant without a file. */
import type { DataSource, DataSpec } from "../contracts/dataset.js";
import { float32, sizeOf, type HostTensor } from "../contracts/tensors.js";
import { stream } from "../random/index.js";

/** Eight Gaussians on a circle of radius 2, as in Metz et al. 2017, arXiv:1611.02163. */
export const RING = {
  modes: 8,
  std: 0.02,
  centre: (mode: number): [number, number] => [2 * Math.cos((Math.PI * mode) / 4), 2 * Math.sin((Math.PI * mode) / 4)],
} as const;

/** Points `[N,2]` of the ring. */
export const ringPoints = (): DataSource => ({
  spec: { name: "ring", fields: { x: { shape: [2], dtype: "float32" } }, points: { dim: 2 }, size: Infinity },
  fingerprint: "synthetic/ring",
  batch({ seed, position }, n) {
    const [places, errors] = [stream(seed, "synthetic/ring/mode"), stream(seed, "synthetic/ring/noise")];
    const x = float32([n, 2]);
    for (let i = 0; i < n; i++) {
      const [mode] = places.integers(position + i, RING.modes, new Int32Array(1));
      const noise = errors.normal(position + i, new Float32Array(2));
      RING.centre(mode).forEach((centre, axis) => (x.data[2 * i + axis] = centre + RING.std * noise[axis]));
    }
    return { x };
  },
});

export interface PictureOptions {
  readonly side: number;
  readonly channels: number;
  /** Labels in the field `c`; default none. */
  readonly classes?: number;
  /** Also a field `y`, a second and darker domain. */
  readonly domains?: boolean;
}

/** Uniform noise as pictures in [-1,1]; what they show matters to no check. */
export function noisePictures({ side, channels, classes = 0, domains = false }: PictureOptions): DataSource {
  const shape = [side, side, channels];
  const field = { shape, dtype: "float32" } as const;
  const spec: DataSpec = {
    name: `noise of ${side} pixels`,
    fields: {
      x: field,
      ...(domains ? { y: field } : {}),
      ...(classes > 0 ? { c: { shape: [], dtype: "int32" } } : {}),
    },
    image: { height: side, width: side, channels },
    size: Infinity,
    ...(classes > 0 ? { classes } : {}),
  };
  const pictures = (name: string, { seed, position }: { seed: number; position: number }, n: number): HostTensor => {
    const values = stream(seed, `synthetic/${name}`);
    const size = sizeOf(shape);
    const x = float32([n, ...shape]);
    for (let i = 0; i < n; i++) {
      const sample = values.uniform(position + i, new Float32Array(size));
      x.data.set(
        sample.map((value) => (name === "y" ? value - 1 : 2 * value - 1)),
        i * size,
      );
    }
    return x;
  };
  return {
    spec,
    fingerprint: `synthetic/pictures/${side}x${channels}/${classes}/${domains}`,
    batch: (cursor, n) => ({
      x: pictures("x", cursor, n),
      ...(domains ? { y: pictures("y", cursor, n) } : {}),
      ...(classes > 0
        ? {
            c: {
              shape: [n],
              dtype: "int32",
              data: Int32Array.from({ length: n }, (_, i) => (cursor.position + i) % classes),
            },
          }
        : {}),
    }),
  };
}

/** In the order in which a variant that plays several kinds should be tried: the cheapest first. */
export const SYNTHETIC: readonly (() => DataSource)[] = [
  ringPoints,
  () => noisePictures({ side: 28, channels: 1 }),
  () => noisePictures({ side: 32, channels: 3 }),
  () => noisePictures({ side: 28, channels: 1, classes: 3 }),
  () => noisePictures({ side: 32, channels: 3, domains: true }),
  () => noisePictures({ side: 64, channels: 3 }),
];
