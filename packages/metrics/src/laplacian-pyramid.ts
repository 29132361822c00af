/**
 * @file Laplacian pyramid of a picture (Burt and Adelson 1983, "The Laplacian Pyramid as a Compact Image Code").
 *
 * The kernel is the binomial (1, 4, 6, 4, 1) / 16 along each axis; beyond the border the picture is mirrored about its
 * outermost pixels.
 */

/** `[height,width,channels]`, row-major. */
export interface Plane {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly values: Float32Array;
}

/**
 * Levels from fine to coarse: each but the last is what blurring and halving loses, the last is what remains.
 * @param levels at least 1
 */
export function laplacianPyramid(picture: Plane, levels: number): Plane[] {
  const pyramid: Plane[] = [];
  let current = picture;
  for (let level = 1; level < levels; level++) {
    const coarse = reduce(current);
    const { values } = expand(coarse, current.height, current.width);
    for (let i = 0; i < values.length; i++) values[i] = current.values[i] - values[i];
    pyramid.push({ ...current, values });
    current = coarse;
  }
  return [...pyramid, current];
}

/** Blurs and keeps every second pixel of every second row, from the first on. */
export function reduce({ height, width, channels, values }: Plane): Plane {
  const narrow = new Float32Array(height * Math.ceil(width / 2) * channels);
  halve(values, narrow, { outer: height, length: width, inner: channels });
  const halved = { height: Math.ceil(height / 2), width: Math.ceil(width / 2), channels };
  const out = new Float32Array(halved.height * halved.width * channels);
  halve(narrow, out, { outer: 1, length: height, inner: halved.width * channels });
  return { ...halved, values: out };
}

/**
 * Puts zeros between the pixels and blurs, four times as bright: the counterpart of {@link reduce}.
 * @param height of what was reduced; the given plane is half as high and wide, rounded up
 */
export function expand({ height: h, channels, values }: Plane, height: number, width: number): Plane {
  const wide = new Float32Array(h * width * channels);
  double(values, wide, { outer: h, length: width, inner: channels });
  const out = new Float32Array(height * width * channels);
  double(wide, out, { outer: 1, length: height, inner: width * channels });
  return { height, width, channels, values: out };
}

/** An array seen as `[outer,length,inner]`, to be filtered along its middle axis of the longer side. */
interface Axis {
  readonly outer: number;
  readonly length: number;
  readonly inner: number;
}

const mirror = (i: number, length: number): number => {
  if (length === 1) return 0;
  const period = 2 * (length - 1);
  const at = ((i % period) + period) % period;
  return at < length ? at : period - at;
};

function halve(from: Float32Array, to: Float32Array, { outer, length, inner }: Axis): void {
  const half = Math.ceil(length / 2);
  for (let i = 0; i < half; i++) {
    const [a, b, c, d, e] = [-2, -1, 0, 1, 2].map((tap) => mirror(2 * i + tap, length) * inner);
    for (let block = 0; block < outer; block++) {
      const at = block * length * inner;
      const target = (block * half + i) * inner;
      for (let k = 0; k < inner; k++) {
        const p = at + k;
        to[target + k] = (from[p + a] + from[p + e] + 4 * (from[p + b] + from[p + d]) + 6 * from[p + c]) / 16;
      }
    }
  }
}

function double(from: Float32Array, to: Float32Array, { outer, length, inner }: Axis): void {
  const half = Math.ceil(length / 2);
  // Mirroring about a pixel keeps even places even, so only even places, which hold pixels, have to be looked up.
  const source = (place: number) => (mirror(place, length) / 2) * inner;
  for (let i = 0; i < length; i++) {
    const even = i % 2 === 0;
    const [a, b, c] = even ? [source(i - 2), source(i), source(i + 2)] : [source(i - 1), source(i + 1), 0];
    for (let block = 0; block < outer; block++) {
      const at = block * half * inner;
      const target = (block * length + i) * inner;
      for (let k = 0; k < inner; k++) {
        const p = at + k;
        to[target + k] = even ? (from[p + a] + 6 * from[p + b] + from[p + c]) / 8 : (from[p + a] + from[p + b]) / 2;
      }
    }
  }
}
