import { describe, expect, it } from "vitest";
import { canonicalJson, sha256 } from "./fingerprint.js";

describe("canonicalJson", () => {
  it("sorts keys at every depth, keeps the order of lists, and has no blanks", () => {
    const value = { b: [2, 1, { d: null, c: "x y" }], a: { z: true, y: 0.5 } };
    expect(canonicalJson(value)).toBe('{"a":{"y":0.5,"z":true},"b":[2,1,{"c":"x y","d":null}]}');
  });
});

describe("sha256", () => {
  it("of abc is the one of FIPS 180-2, in one part or two", () => {
    const expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    expect([sha256("abc"), sha256("a", Uint8Array.of(98, 99))]).toEqual([expected, expected]);
  });
});
