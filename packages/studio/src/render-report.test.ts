import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { pngDataUri, type ReportCell, type ReportInput } from "./input.js";
import { renderReport } from "./render-report.js";

/** The first bytes of a PNG with this width and height, and some that tell pictures apart: enough for a page. */
function png(width: number, height: number, mark = 0): string {
  const bytes = Buffer.alloc(40, mark);
  Buffer.from("89504e470d0a1a0a0000000d49484452", "hex").copy(bytes);
  bytes.writeUInt32BE(width, 16);
  bytes.writeUInt32BE(height, 20);
  return pngDataUri(bytes);
}

const cell = (variant: string, seed: number, changes: Partial<ReportCell> = {}): ReportCell => ({
  variant,
  seed,
  runId: `run-${variant}-${seed}`,
  status: "finished",
  kimg: 50,
  gradientEvaluations: 1563,
  seconds: 85,
  metrics: { swd2k: 0.1 + seed / 100 },
  curves: [
    {
      name: "swd2k",
      kind: "metric",
      points: [
        [10, 17, 0.5],
        [20, 34, 0.25],
      ],
    },
    {
      name: "D/adversarial",
      kind: "term",
      points: [
        [1, 2, 0.7],
        [2, 4, Number.NaN],
        [3, 6, 0.6],
      ],
    },
    { name: "score/real", kind: "term", points: [[1, 2, 1.5]] },
  ],
  imageHistory: [
    { kimg: 0, png: png(224, 224, 1) },
    { kimg: 50, png: png(224, 224, 2) },
  ],
  ...changes,
});

const input = (changes: Partial<ReportInput> = {}): ReportInput => ({
  title: "gan and dcgan on mnist",
  dataset: "mnist",
  budget: "50 kimg per run",
  machine: { cpu: "A chip", cores: 2 },
  generatedAt: "2026-11-23T14:05:01.000Z",
  cells: [cell("gan", 0), cell("gan", 1), cell("dcgan", 0), cell("dcgan", 1)],
  rankings: [
    {
      metric: "swd2k",
      protocol: "sliced Wasserstein, 2,000 samples",
      better: "lower",
      notes: ["too few seeds"],
      rows: [
        { variant: "gan", n: 2, failedSeeds: [], median: 0.105, min: 0.1, max: 0.11, place: 1, verdict: "best" },
        {
          variant: "dcgan",
          n: 2,
          failedSeeds: [],
          median: 0.205,
          min: 0.2,
          max: 0.21,
          ci: { of: "mean", level: 0.95, low: 0.19, high: 0.22 },
          place: 2,
          verdict: "not significant",
          p: 1 / 3,
        },
      ],
    },
  ],
  realSamples: png(224, 224, 3),
  command: "gan-arena compare",
  ...changes,
});

/** The text of the element's content, as the browser hashes it. */
const contentOf = (page: string, tag: string): string => {
  const start = page.lastIndexOf(`<${tag}>`) + tag.length + 2;
  return page.slice(start, page.indexOf(`</${tag}>`, start));
};
const dataOf = (page: string): { charts: { lines: { values: (number | null)[] }[] }[]; samples: { stops: number[] } } =>
  JSON.parse(/<script type="application\/json" id="data">([^<]*)<\/script>/.exec(page)?.[1] ?? "");
/** Names of elements and of their attributes in order, values left out, style and scripts left out. */
function structureOf(page: string): string[] {
  const markup = page.replaceAll(/<(style|script)([^>]*)>[^]*?<\/\1>/g, "<$1$2></$1>");
  return (markup.match(/<[/!a-zA-Z](?:[^>"']|"[^"]*"|'[^']*')*>/g) ?? []).map((tag) =>
    tag.replaceAll(/"[^"]*"/g, '""').replaceAll(/\s+/g, " "),
  );
}

describe("renderReport", () => {
  const page = renderReport(input());

  it("allows, by hash, the style and the script that are in it, and nothing else", () => {
    const sha = (text: string) => `&#39;sha256-${createHash("sha256").update(text).digest("base64")}&#39;`;
    expect(page).toContain(
      `content="default-src &#39;none&#39;; img-src data:; style-src ${sha(contentOf(page, "style"))}; script-src ${sha(
        contentOf(page, "script"),
      )}; base-uri &#39;none&#39;; form-action &#39;none&#39;"`,
    );
    expect(contentOf(page, "script")).toContain("uPlot");
  });

  it("asks for nothing outside of itself", () => {
    const references = [...page.matchAll(/\s(?:src|href|srcset|poster|action|data|xlink:href)="([^"]*)"/g)].map(
      ([, to]) => to,
    );
    expect(references.length).toBeGreaterThan(0);
    expect(references.filter((to) => !/^(data:image\/png;base64,|#)/.test(to ?? ""))).toEqual([]);
    expect(contentOf(page, "style")).not.toMatch(/url\(|@import/);
    expect(page).not.toMatch(/<(link|iframe|object|embed|base)\b/);
    expect(structureOf(page).filter((tag) => /\s(style|on\w+)=/.test(tag))).toEqual([]);
  });

  it("has the same elements and attributes whatever the texts are", () => {
    const hostile = [
      "</script><script>alert(1)</script>",
      `"><img src=x onerror=alert(1)>`,
      `' onmouseover='alert(1)`,
      "<!--",
      "</style>",
      "&lt;b&gt;",
      "\u2028${alert(1)}`",
      "javascript:alert(1)",
    ];
    // Names that are equal in length of lists and order, so that only the texts differ.
    const build = (texts: readonly string[]): ReportInput => {
      const [a, b, c, d, e, f, g, h] = texts as [string, string, string, string, string, string, string, string];
      const base = input();
      const rename = (variant: string) => (variant === "gan" ? a : b);
      return {
        ...base,
        title: c,
        dataset: d,
        budget: e,
        machine: { [f]: g },
        generatedAt: h,
        command: a,
        notes: [b],
        cells: base.cells.map((one) => ({
          ...one,
          variant: rename(one.variant),
          runId: `${c}${one.seed}`,
          status: "failed",
          message: d,
          metrics: { [e]: 1 },
          curves: [
            { name: `D/${f}`, kind: "term", points: [[1, 1, 1]] },
            { name: g, kind: "metric", points: [[1, 1, 1]] },
          ],
        })),
        rankings: base.rankings.map((one) => ({
          ...one,
          metric: e,
          protocol: h,
          notes: [a],
          rows: one.rows.map((row) => ({ ...row, variant: rename(row.variant) })),
        })),
      };
    };
    const plain = renderReport(build(["a", "b", "c", "d", "e", "f", "g", "h"]));
    const attacked = renderReport(build(hostile));
    expect(structureOf(attacked)).toEqual(structureOf(plain));
    expect(structureOf(plain).length).toBeGreaterThan(200);
    for (const text of hostile.slice(0, 3)) expect(attacked).not.toContain(text);
    expect(attacked).toContain("&lt;/script&gt;&lt;script&gt;alert(1)&lt;/script&gt;");
    expect(JSON.stringify(dataOf(attacked))).toContain("\u2028${alert(1)}`");
  });

  it("refuses a picture that is not a PNG in the page", () => {
    for (const bad of [
      "https://example.org/a.png",
      "data:image/svg+xml;base64,PHN2Zz4=",
      "data:image/png;base64,AAAA",
      "",
    ]) {
      expect(() => renderReport(input({ realSamples: bad }))).toThrow(/a picture must be a PNG as data URI/);
      expect(() =>
        renderReport(
          input({
            cells: [
              cell("gan", 0, {
                imageHistory: [
                  { kimg: 0, png: bad },
                  { kimg: 1, png: png(1, 1) },
                ],
              }),
            ],
          }),
        ),
      ).toThrow(/\[run-gan-0 at 0 kimg\] a picture must be/);
    }
  });

  it("shows each measure of the budget beside the scores of each variant and each run", () => {
    const rows = [...page.matchAll(/<tr[^>]*>[^]*?<\/tr>/g)].map(([row]) =>
      row
        .replaceAll(/<[^>]+>|\s+/g, " ")
        .replaceAll(/ +/g, " ")
        .trim(),
    );
    expect(rows).toContain("2 dcgan 0.205 0.2 – 0.21 0.19 – 0.22 2 not significant p = 0.33 50 1,563 1 min 25 s");
    expect(rows).toContain("gan 1 finished 0.11 50 1,563 1 min 25 s run-gan-1");
  });

  it("has a table header for every column and row, captions, and words for every picture and chart", () => {
    expect(page.match(/<table/g)).toHaveLength(3);
    expect([...page.matchAll(/<img[^>]*>/g)].filter(([image]) => !/alt="[^"]+"/.test(image))).toEqual([]);
    expect([...page.matchAll(/<th[ >][^>]*>/g)].filter(([th]) => !/scope="(col|row)"/.test(th))).toEqual([]);
    expect([...page.matchAll(/role="img"[^>]*>/g)].filter(([tag]) => !/aria-label="[^"]+"/.test(tag))).toEqual([]);
    expect(page).toContain('<html lang="en">');
  });

  it("gives the script the median of the seeds after the seeds, NaN as a gap", () => {
    const { charts, samples } = dataOf(page);
    expect(samples.stops).toEqual([0, 50]);
    // One metric; losses and scores for each of two variants.
    expect(charts).toHaveLength(5);
    expect(charts[0]?.lines.map(({ values }) => values)).toEqual(Array.from({ length: 6 }, () => [0.5, 0.25]));
    // Two seeds of D/adversarial with a gap; their median has no point there.
    expect(charts[1]?.lines.map(({ values }) => values)).toEqual([
      [0.7, null, 0.6],
      [0.7, null, 0.6],
      [0.7, 0.6],
    ]);
  });

  it("says which runs did not finish, why, and leaves out what is not there", () => {
    const failed = cell("gan", 1, {
      status: "failed",
      message: "NaN in D/penalty",
      metrics: { swd2k: "NaN" },
      imageHistory: [],
      curves: [],
    });
    const report = renderReport(
      input({ cells: [cell("gan", 0), failed], rankings: [], realSamples: undefined, command: undefined }),
    );
    expect(report).toContain("1 run of 2 did not finish:");
    expect(report).toContain("NaN in D/penalty");
    expect(report).toMatch(/no picture/);
    expect(report).not.toContain('id="ranking"');
    const bare = renderReport(input({ cells: [], rankings: [], realSamples: undefined }));
    expect(bare).not.toContain('id="samples"');
  });

  it("adds the final picture after the history, once", () => {
    const stopsOf = (finalImage: string) =>
      dataOf(renderReport(input({ cells: [cell("gan", 0, { finalImage })] }))).samples.stops;
    expect(stopsOf(png(224, 224, 2))).toEqual([0, 50]);
    const shorter = [{ kimg: 0, png: png(224, 224, 1) }];
    const report = renderReport(
      input({ cells: [cell("gan", 0, { imageHistory: shorter, finalImage: png(224, 224, 9) })] }),
    );
    expect(dataOf(report).samples.stops).toEqual([0, 50]);
    expect(report).toContain(`src="${png(224, 224, 9)}"`);
  });
});
