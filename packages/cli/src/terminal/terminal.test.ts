import { describe, expect, test } from "vitest";
import { bar, describeProgress, progressView } from "./bar.js";
import { formatBytes, formatDuration, formatNumber } from "./format.js";
import { LiveBlock } from "./live.js";
import { createOutput, wantsColour } from "./output.js";
import { fit, painter, plain, widthOf } from "./style.js";
import { tableLines } from "./table.js";

class Screen {
  text = "";
  constructor(
    readonly isTTY: boolean,
    readonly columns = 40,
  ) {}
  write(text: string): void {
    this.text += text;
  }
}

const progress = {
  round: 10,
  kimg: 5,
  totalKimg: 20,
  seconds: 2,
  kimgPerSecond: 2.5,
  terms: { "D/real": 0.61234, "score/real": 1 },
};

describe("format", () => {
  test.each([
    [0, "0"],
    [64, "64"],
    [0.000123, "0.000123"],
    [1234.5, "1235"],
    [12.345, "12.3"],
    [0.00001234, "1.23e-5"],
    [-2.5e7, "-2.50e+7"],
    [Number.NaN, "NaN"],
  ])("number %d is %s", (value, expected) => expect(formatNumber(value)).toBe(expected));

  test.each([
    [4.4, "4s"],
    [65, "1m05s"],
    [7380, "2h03m"],
    [Infinity, "?"],
  ])("%d seconds are %s", (value, expected) => expect(formatDuration(value)).toBe(expected));

  test.each([
    [0, "0 B"],
    [812, "812 B"],
    [3.4 * 1024 ** 2, "3.4 MiB"],
    [12 * 1024 ** 3, "12 GiB"],
  ])("%d bytes are %s", (value, expected) => expect(formatBytes(value)).toBe(expected));
});

describe("table", () => {
  test("columns are as wide as their content, numbers to the right, no line ends in blanks", () => {
    const rows = [
      { name: "gan", value: "7" },
      { name: "dcgan", value: "1234" },
    ];
    const lines = tableLines(
      [
        { title: "name", cell: (row) => row.name },
        { title: "n", align: "right", cell: (row) => row.value },
        { title: "", cell: () => "" },
      ],
      rows,
    );
    expect(lines).toEqual(["name      n", "gan       7", "dcgan  1234"]);
  });

  test("colours do not count as width", () => {
    const paint = painter(true);
    expect(widthOf(paint("red", "abc"))).toBe(3);
    const lines = tableLines(
      [
        { title: "a", cell: (row: string) => row },
        { title: "b", cell: () => "|" },
      ],
      [paint("red", "xyz"), "w"],
    );
    expect(lines.map(plain)).toEqual(["a    b", "xyz  |", "w    |"]);
  });
});

describe("live block", () => {
  test("a second drawing goes back over the first and cuts long lines", () => {
    const screen = new Screen(true, 10);
    const block = new LiveBlock(screen);
    block.draw(["one", "a line that is too long"]);
    block.draw(["two"]);
    expect(screen.text).toBe("one\u001B[K\na line t…\u001B[K\n\r\u001B[2A\u001B[Jtwo\u001B[K\n");
  });

  test("after clear() nothing is left to go back over", () => {
    const screen = new Screen(true);
    const block = new LiveBlock(screen);
    block.draw(["one"]);
    block.clear();
    block.clear();
    expect(screen.text).toBe("one\u001B[K\n\r\u001B[1A\u001B[J");
  });
});

describe("bar", () => {
  test("half of four cells are two full ones", () => expect(bar(0.5, 4)).toBe("██··"));
  test("one eighth of a cell is drawn", () => expect(bar(1 / 32, 4)).toBe("▏···"));
  test("a share beyond 1 fills it", () => expect(bar(1.2, 4)).toBe("████"));

  test("progress has share, speed, ETA (15 kimg at 2.5 kimg/s: 6s) and losses, and no scores", () => {
    expect(describeProgress(progress)).toBe("5/20 kimg  25%  2.5 kimg/s  ETA 6s  D/real 0.612");
  });

  test("on a terminal it is drawn at most ten times a second, elsewhere a line every five seconds", () => {
    let now = 0;
    const count = (isTTY: boolean) => {
      now = 0;
      const screen = new Screen(isTTY, 200);
      const output = createOutput({ stdout: screen, stderr: screen, env: { TERM: "dumb" } });
      const view = progressView(output, () => now);
      for (now = 0; now < 10_000; now += 10) view.update(progress);
      return screen.text.split("25%").length - 1;
    };
    expect(count(true)).toBe(100);
    expect(count(false)).toBe(1);
  });
});

describe("output", () => {
  test("colour on a terminal only, unless the environment says otherwise", () => {
    expect(wantsColour(new Screen(true), {})).toBe(true);
    expect(wantsColour(new Screen(false), {})).toBe(false);
    expect(wantsColour(new Screen(true), { NO_COLOR: "1" })).toBe(false);
    expect(wantsColour(new Screen(true), { TERM: "dumb" })).toBe(false);
    expect(wantsColour(new Screen(false), { FORCE_COLOR: "1" })).toBe(true);
  });

  test("text is cut with an ellipsis", () => expect(fit("abcdef", 4)).toBe("abc…"));
});
