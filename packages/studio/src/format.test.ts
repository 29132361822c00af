import { describe, expect, it } from "vitest";
import { formatKimg, formatP, formatScore, formatSeconds, listing, median } from "./format.js";
import { escapeHtml, html, scriptJson } from "./html.js";

describe("numbers", () => {
  it.each([
    [0, "0"],
    [0.0123456, "0.01235"],
    [12.3456, "12.35"],
    [-1.5, "-1.5"],
    [12_345.6, "12,346"],
    [1_234_567, "1,234,567"],
    [0.00001234, "1.23e-5"],
    [2.5e12, "2.50e+12"],
    [Number.NaN, "NaN"],
    [-Infinity, "-∞"],
  ])("writes the score %d as %s", (value, text) => expect(formatScore(value)).toBe(text));

  it.each([
    [0, "0.0 s"],
    [59.94, "59.9 s"],
    [59.96, "1 min 00 s"],
    [245.4, "4 min 05 s"],
    [3599.6, "1 h 00 min"],
    [7620, "2 h 07 min"],
  ])("writes %d seconds as %s", (value, text) => expect(formatSeconds(value)).toBe(text));

  it("writes kimg, p and lists", () => {
    expect([formatKimg(1.256), formatKimg(1234.56)]).toEqual(["1.26", "1,234.6"]);
    expect([formatP(1 / 3), formatP(0.0002)]).toEqual(["p = 0.33", "p < 0.001"]);
    expect([listing([]), listing(["a"]), listing(["a", "b"]), listing(["a", "b", "c"])]).toEqual([
      "",
      "a",
      "a and b",
      "a, b and c",
    ]);
  });

  it("takes the middle of an odd list and the mean of the two middles of an even one", () => {
    expect([median([3, 1, 2]), median([4, 1, 2, 3]), median([])]).toEqual([2, 2.5, Number.NaN]);
  });
});

describe("html", () => {
  it("escapes values and keeps HTML, joins lists, leaves out undefined and false", () => {
    const inner = html`<b>${"<&>"}</b>`;
    expect(html`<p title="${`"'`}">${[inner, 1, undefined, false, "x"]}</p>`.text).toBe(
      '<p title="&quot;&#39;"><b>&lt;&amp;&gt;</b>1x</p>',
    );
    expect(escapeHtml("a")).toBe("a");
  });
  it("writes JSON that cannot leave its element and reads back", () => {
    const value = { text: "</script><!--\u2028\u2029&" };
    const { text } = scriptJson(value);
    expect(text).not.toMatch(/[<>&\u2028\u2029]/);
    expect(JSON.parse(text)).toEqual(value);
  });
});
