import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkArtifactPath, checkKey, checkStep, checkText, checkTimestamp, lengthOf, toKey } from "./validate.js";
import { completeMetric, encodeNumber } from "./wire/encode.js";

describe("keys", () => {
  it.each(["loss", "eval/fid10k", "D/penalty: mean", "Verlust_ä", "a.b-c", "...x/y".slice(3)])("allows %j", (key) => {
    expect(checkKey("metric key", key)).toBe(key);
    expect(toKey(key)).toBe(key);
  });

  it.each(["", "bad#key", "../x", "a//b", "a/", "/a", "a/./b", "..", "a\nb", "x".repeat(251), "..a"])(
    "refuses %j",
    (key) => {
      expect(() => checkKey("metric key", key)).toThrow("[mlflow] metric key must be");
    },
  );

  it("counts characters as Python does: 250 of two code units are allowed, 251 are not", () => {
    expect(checkKey("key", "𝛼".repeat(250))).toHaveLength(500);
    expect(() => checkKey("key", "𝛼".repeat(251))).toThrow("at most 250 characters, got 251");
    expect(lengthOf("a😀é")).toBe(3);
  });

  it("toKey makes any text legal, and different texts stay different", () => {
    // FNV-1a of "lr#1": offset 811c9dc5, prime 01000193.
    expect(toKey("lr#1")).toMatch(/^lr_1-[0-9a-f]{8}$/u);
    expect(toKey("lr#1")).not.toBe(toKey("lr$1"));
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 300 }), (text) => checkKey("key", toKey(text)) !== ""),
      {
        numRuns: 2000,
        seed: 1,
      },
    );
  });
});

describe("values", () => {
  it("refuses what the server would store as something else", () => {
    // 1.7 and 2^63 are answered with 200 and become step 0.
    for (const step of [1.7, 2 ** 63, Number.NaN, "3"])
      expect(() => checkStep("loss", step)).toThrow("step of loss must be");
    for (const time of [-1, 0.5, Number.POSITIVE_INFINITY])
      expect(() => checkTimestamp("loss", time)).toThrow("timestamp of loss");
    for (const value of ["1", null, undefined, 3n])
      expect(() => completeMetric({ key: "loss", value: value as unknown as number }, 0)).toThrow(
        "value of loss must be a number",
      );
    for (const text of ["\uD800", "a\0b"]) expect(() => checkText("param a", text)).toThrow("well-formed text");
  });

  it("keeps negative steps and the largest safe one", () => {
    expect([-3, 0, 2 ** 53 - 1].map((step) => checkStep("loss", step))).toEqual([-3, 0, 9_007_199_254_740_991]);
  });

  it("writes NaN and the infinities in the only form that the server understands, all others as they are", () => {
    const values = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 5e-324, -1.5];
    expect(JSON.stringify(values.map(encodeNumber))).toBe('["NaN","Infinity","-Infinity",5e-324,-1.5]');
  });
});

describe("artifact paths", () => {
  it.each(["a.txt", "images/s~g+step+3.png", "a b/ü+%.txt", "50%/x"])("allows %j", (path) => {
    expect(checkArtifactPath(path)).toBe(path);
  });

  it.each(["", "../a", "a/../b", "/a", "a#b", "a\\b", "%2e%2e/a", "a%41", "C:/a", "file:a", "a\nb"])(
    "refuses %j",
    (path) => {
      expect(() => checkArtifactPath(path)).toThrow("artifact path must be");
    },
  );
});
