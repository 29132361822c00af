import { type DataSource, float32, type HostTensor, type MetricContext } from "@gan-arena/core/base";
import { describe, expect, it } from "vitest";
import { pairError } from "./pair-error.js";
import { swdPixels } from "./swd-pixels.js";

const SIZE = 6;
const field = { shape: [2, 2, 1], dtype: "float32" } as const;

/** x of sample i is all i / 10, its partner y is all i / 10 + 1; the order is that of the position. */
const source = (name: string, pairs?: readonly [string, string]): DataSource => ({
  spec: {
    name,
    fields: { x: field, y: field },
    image: { height: 2, width: 2, channels: 1 },
    size: SIZE,
    ...(pairs ? { pairs } : {}),
  },
  fingerprint: name,
  batch({ position }, n) {
    const of = (shift: number) =>
      float32(
        [n, 2, 2, 1],
        Float32Array.from({ length: 4 * n }, (_, k) => ((position + Math.floor(k / 4)) % SIZE) / 10 + shift),
      );
    return { x: of(0), y: of(1) };
  },
});

/** A translator that adds `shift`; a right one adds 1. */
function context(shift: number, pairs: readonly [string, string] = ["x", "y"]): MetricContext {
  const [train, test] = [source("train", pairs), source("test", pairs)];
  const drawn = (n: number) => test.batch({ seed: 0, position: 0 }, n);
  return {
    seed: 0,
    train,
    test,
    generate: async (n): Promise<HostTensor> => {
      const { x } = drawn(n);
      return float32(
        x.shape,
        Float32Array.from(x.data, (value) => value + shift),
      );
    },
    translation: { from: "x", to: "y", drawn },
  };
}

describe("pair-error", () => {
  it("is the mean absolute error, beside those of the identity and of the next pair", async () => {
    const { value, samples, split, details } = await pairError.compute(context(0.75));
    expect(value).toBeAllclose(0.25, 1e-6);
    expect({ samples, split }).toEqual({ samples: SIZE, split: "test" });
    expect(details?.["identity"]).toBeAllclose(1, 1e-6);
    // Five neighbours 0.1 apart and once round from 5 to 0: (5 * 0.1 + 0.5) / 6.
    expect(details?.["random"]).toBeAllclose(1 / 6, 1e-6);
  });

  it("is 0 for the true mapping", async () => {
    expect((await pairError.compute(context(1))).value).toBeAllclose(0, 0, 1e-6);
  });

  it("says why it cannot judge", async () => {
    const { train } = context(1);
    const translates = { from: "x", to: "y" };
    expect(pairError.unsuitable({ train, translates })).toBeUndefined();
    expect(pairError.unsuitable({ train: source("horses"), translates })).toBe(
      "it needs pairs to compare with, and horses has none; use noto-twemoji or digits-inverted",
    );
    expect(pairError.unsuitable({ train })).toBe(
      "it judges translations, and this variant makes samples of noise; use cyclegan",
    );
    expect(pairError.unsuitable({ train, translates: { from: "x", to: "z" } })).toBe(
      "train pairs x with y, not x with z",
    );
    const { translation: _, ...plain } = context(1);
    await expect(pairError.compute(plain)).rejects.toThrow("[pair-error] it judges translations");
  });
});

describe("swd-pixels2k of translations", () => {
  it("looks at the domain translated to, each test picture once, and says how far it was before", async () => {
    // The two sets differ by one shift s of all four pixels: sliced W2 is near |s|, 0 for the true mapping.
    const [half, right] = [await swdPixels.compute(context(0.5)), await swdPixels.compute(context(1))];
    expect(right.value).toBeAllclose(0, 0, 1e-6);
    expect(right.samples).toBe(SIZE);
    expect(half.details?.["untranslated"]).toBeAllclose(2 * half.value, 1e-4);
    expect(half.details?.["untranslated"]).toBeAllclose(1, 0.3);
    expect(right.details?.["floor"]).toBeAllclose(0, 0, 1e-6);
  });
});
