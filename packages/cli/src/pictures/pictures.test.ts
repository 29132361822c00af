import { describe, expect, test } from "vitest";
import { drawText } from "./font.js";
import { decodePicture, encodePicture } from "./png.js";
import { sideBySide } from "./side-by-side.js";

describe("font", () => {
  test("draws an l as a bar with a foot and a hook, five pixels wide", () => {
    const rows = Array.from({ length: 7 }, () => Array.from({ length: 11 }, () => "."));
    drawText("lI", (x, y) => void (rows[y][x] = "#"));
    expect(rows.map((row) => row.join(""))).toEqual([
      ".##.....#..",
      "..#........",
      "..#....##..",
      "..#.....#..",
      "..#.....#..",
      "..#.....#..",
      ".###...###.",
    ]);
  });

  test("a character that it lacks is a box", () => {
    let dots = 0;
    drawText("€", () => dots++);
    expect(dots).toBe(5 + 5 + 2 * 5);
  });
});

describe("side by side", () => {
  const grey = (value: number) => ({ width: 2, height: 2, channels: 1 as const, data: new Uint8Array(4).fill(value) });
  const red = {
    width: 2,
    height: 2,
    channels: 3 as const,
    data: Uint8Array.from({ length: 12 }, (_, i) => (i % 3 === 0 ? 200 : 0)),
  };

  /** Counts pixels of one colour. */
  const count = (picture: { channels: number; data: Uint8Array }, colour: readonly number[]): number => {
    let found = 0;
    for (let i = 0; i < picture.data.length; i += picture.channels)
      if (colour.every((value, c) => picture.data[i + c] === value)) found++;
    return found;
  };

  test("two by two panels, one missing: 3 panels of 4 pixels; grey stays grey", () => {
    const picture = sideBySide([
      { column: "a", row: "s 0", picture: grey(100) },
      { column: "b", row: "s 0", picture: grey(101) },
      { column: "a", row: "s 1", picture: grey(102) },
    ]);
    expect(picture.channels).toBe(1);
    expect([100, 101, 102].map((value) => count(picture, [value]))).toEqual([4, 4, 4]);
    const at = (value: number) => picture.data.indexOf(value);
    expect(at(100) % picture.width).toBe(at(102) % picture.width);
    expect(Math.floor(at(100) / picture.width)).toBe(Math.floor(at(101) / picture.width));
    expect(at(101)).toBeGreaterThan(at(100));
  });

  test("one panel in colour makes all of it colour, grey as equal thirds", () => {
    const picture = sideBySide([
      { column: "a", row: "s", picture: grey(100) },
      { column: "b", row: "s", picture: red },
    ]);
    expect(picture.channels).toBe(3);
    expect(count(picture, [100, 100, 100])).toBe(4);
    expect(count(picture, [200, 0, 0])).toBe(4);
  });

  test("a picture comes back from its PNG as it was", () => {
    expect(decodePicture(encodePicture(red))).toEqual(red);
    expect(decodePicture(encodePicture(grey(7)))).toEqual(grey(7));
  });
});
