/** @file Changing the size of square grey pictures kept as bytes. */

/** Square pictures of one size: `[n,side,side]`, row-major, one byte per pixel. */
export interface GreySquares {
  readonly side: number;
  readonly pixels: Uint8Array;
}

/** Frames each picture with `value`; an odd pixel goes to the right and the bottom. @param side at least the old side */
export function pad({ side: from, pixels }: GreySquares, side: number, value: number): GreySquares {
  const n = pixels.length / (from * from);
  const margin = Math.floor((side - from) / 2);
  const padded = new Uint8Array(n * side * side).fill(value);
  for (let row = 0; row < n * from; row++) {
    const picture = Math.floor(row / from);
    const to = (picture * side + margin + (row % from)) * side + margin;
    padded.set(pixels.subarray(row * from, (row + 1) * from), to);
  }
  return { side, pixels: padded };
}

/**
 * Enlarges each picture by bilinear interpolation, rounded to whole bytes. Pixels are areas: the centre of pixel i lies
 * at (i + 1/2) / side of the width, and beyond the outermost centres the edge goes on (`align_corners = false`).
 *
 * @example resizeBilinear({ side: 2, pixels: Uint8Array.of(0, 100, 0, 100) }, 4) // each row 0, 25, 75, 100
 */
export function resizeBilinear({ side: from, pixels }: GreySquares, side: number): GreySquares {
  const n = pixels.length / (from * from);
  const taps = Array.from({ length: side }, (_, i) => {
    const at = Math.min(Math.max(((i + 0.5) * from) / side - 0.5, 0), from - 1);
    const left = Math.floor(at);
    return { left, right: Math.min(left + 1, from - 1), weight: at - left };
  });
  const resized = new Uint8Array(n * side * side);
  const wide = new Float32Array(from * side); // rows of one picture, already stretched in x
  for (let picture = 0; picture < n; picture++) {
    const source = picture * from * from;
    for (let y = 0; y < from; y++)
      for (let x = 0; x < side; x++) {
        const { left, right, weight } = taps[x];
        const a = pixels[source + y * from + left];
        const b = pixels[source + y * from + right];
        wide[y * side + x] = a + weight * (b - a);
      }
    for (let y = 0; y < side; y++) {
      const { left, right, weight } = taps[y];
      const to = (picture * side + y) * side;
      for (let x = 0; x < side; x++) {
        const a = wide[left * side + x];
        const b = wide[right * side + x];
        resized[to + x] = Math.round(a + weight * (b - a));
      }
    }
  }
  return { side, pixels: resized };
}
