import { describe, expect, it } from "vitest";
import { expand, laplacianPyramid, type Plane, reduce } from "./laplacian-pyramid.js";

const picture = (height: number, width: number, channels = 1): Plane => ({
  height,
  width,
  channels,
  values: Float32Array.from({ length: height * width * channels }, (_, n) => {
    const [i, j] = [Math.floor(n / channels / width), Math.floor(n / channels) % width];
    return ((7 * i * i + 3 * j ** 3 + i * j) % 11) * (1 + (n % channels));
  }),
});

// k = np.outer([1, 4, 6, 4, 1], [1, 4, 6, 4, 1]) / 256
// x = np.array([[(7 * i * i + 3 * j**3 + i * j) % 11 for j in range(w)] for i in range(h)], float)
// down = scipy.ndimage.convolve(x, k, mode="mirror")[::2, ::2]
// u = np.zeros((h, w)); u[::2, ::2] = 4 * down; fine = x - scipy.ndimage.convolve(u, k, mode="mirror")
const oracles = [
  {
    size: [6, 4] as const,
    down: [2.265625, 1.835938, 3.273438, 3.003906, 5.59375, 4.640625],
    // prettier-ignore
    fine: [
      -2.420166, 0.677246, -0.176636, 1.87207, 4.317871, -2.594727, -2.463623, 0.580078, 2.65625, -3.25, -2.109375, 1.9375,
      3.719238, -1.12793, 1.101318, 6.177734, -3.086792, 4.130127, -3.544495, 2.563965, 4.644531, 1.882812, -4.759766, 2.359375,
    ],
  },
  {
    size: [5, 7] as const,
    // prettier-ignore
    down: [2.265625, 2.117188, 3.820312, 3.609375, 3.273438, 3.226562, 4.679688, 3.882812, 4.875, 4.929688, 4.070312, 2.6875],
    // prettier-ignore
    fine: [
      -2.486816, 0.543945, -0.61499, 0.785156, 1.2146, -2.856445, 6.23291, 4.254883, -2.720703, -2.881348, -0.460938, 1.010254,
      -1.998047, -2.87207, 2.664062, -3.324219, -2.456055, 1.101562, 3.75293, 1.902344, 2.101562, 3.924805, -1.076172, 0.885254,
      5.773438, -1.20166, -1.830078, -0.557617, -2.481934, 4.510742, -3.465088, 2.636719, -3.103271, -2.604492, -0.29541,
    ],
  },
];

describe("laplacianPyramid", () => {
  it.each(oracles)("of a picture $size agrees with scipy", ({ size: [height, width], down, fine }) => {
    const [lost, rest] = laplacianPyramid(picture(height, width), 2);
    expect(lost).toMatchObject({ height, width, channels: 1 });
    expect(rest).toMatchObject({ height: Math.ceil(height / 2), width: Math.ceil(width / 2) });
    expect(rest.values).toBeAllclose(down, 1e-6, 1e-6);
    expect(lost.values).toBeAllclose(fine, 1e-6, 2e-6);
  });

  it("treats channels apart: the second is twice the first", () => {
    const [one, two] = [laplacianPyramid(picture(6, 4), 2), laplacianPyramid(picture(6, 4, 2), 2)];
    one.forEach(({ values }, level) => {
      const interleaved = Array.from(values).flatMap((value) => [value, 2 * value]);
      expect(two[level].values).toBeAllclose(interleaved, 1e-5, 1e-5);
    });
  });

  it("keeps a grey picture: nothing is lost, and the rest is grey", () => {
    const grey: Plane = { height: 28, width: 28, channels: 1, values: new Float32Array(784).fill(0.5) };
    const [fine, middle, rest] = laplacianPyramid(grey, 3);
    expect(fine.values).toBeAllclose(new Float32Array(784), 0, 1e-7);
    expect(middle.values).toBeAllclose(new Float32Array(196), 0, 1e-7);
    expect(rest.values).toBeAllclose(new Float32Array(49).fill(0.5), 1e-6);
  });

  it("is the picture itself with one level", () => {
    const whole = picture(3, 3);
    expect(laplacianPyramid(whole, 1)).toEqual([whole]);
  });
});

describe("reduce and expand", () => {
  it("of a single pixel is that pixel", () => {
    const pixel: Plane = { height: 1, width: 1, channels: 1, values: Float32Array.of(3) };
    expect(reduce(pixel)).toEqual(pixel);
    expect(expand(pixel, 1, 1)).toEqual(pixel);
    expect(expand(pixel, 2, 2).values).toBeAllclose([3, 3, 3, 3]);
  });
});
