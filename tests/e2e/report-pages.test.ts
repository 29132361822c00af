/**
 * @file The reports as a browser shows them, opened from disk: nothing fails, nothing is fetched, and what should be seen is.
 *
 * Screenshots are left in `node_modules/.cache/gan-arena-tests/screenshots`, for people to look at. Needs a build.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import { chromiumMissing, SCREENSHOTS, useBrowser } from "../support/chromium.js";
import { arenaJson, temporaryFolder, TINY } from "../support/command.js";

const missing = chromiumMissing();

const SWEEP = `method: random
metric: { name: swd-points2k }
variants: [gan, lsgan]
parameters:
  hidden: { values: [8, 16] }
  lr: { distribution: log_uniform_values, min: 1.0e-4, max: 1.0e-2 }
seeds: [0, 1]
dataset: ring
budget: { kimg: 1 }
run_cap: 6
`;

describe.skipIf(missing !== undefined)(`reports${missing === undefined ? "" : ` (skipped: ${missing})`}`, () => {
  const browser = useBrowser();

  /** Opens a report and scrolls to its end. */
  const look = async (file: string, name: string) => {
    const { page, errors } = await browser.open(pathToFileURL(file).href);
    const requests: string[] = [];
    page.on("request", (request) => void requests.push(request.url()));
    await page.reload();
    await page.waitForLoadState("networkidle");
    const facts = await page.evaluate(`({
      wide: document.documentElement.scrollWidth > window.innerWidth,
      broken: [...document.images].filter((image) => image.complete && image.naturalWidth === 0).length,
      images: document.images.length,
      charts: [...document.querySelectorAll("svg, canvas")].filter((chart) => chart.getBoundingClientRect().width > 100).length,
      headings: [...document.querySelectorAll("h1, h2")].map((heading) => heading.textContent.trim()),
      text: document.body.innerText,
    })`);
    mkdirSync(SCREENSHOTS, { recursive: true });
    await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`), fullPage: true });
    await page.close();
    const elsewhere = requests.filter((url) => !/^(?:file|data|blob):/u.test(url));
    expect({ errors, elsewhere }).toEqual({ errors: [], elsewhere: [] });
    return facts as {
      readonly wide: boolean;
      readonly broken: number;
      readonly images: number;
      readonly charts: number;
      readonly headings: readonly string[];
      readonly text: string;
    };
  };

  it("of a comparison: ranking, samples, curves", async () => {
    const words = ["compare", "--variants", "gan,lsgan", "--dataset", "ring", "--seeds", "0,1", ...TINY];
    const { report } = await arenaJson<{ report: string }>([...words, "--home", temporaryFolder()]);
    const page = await look(report, "comparison-report");
    expect(page).toMatchObject({ wide: false, broken: 0 });
    expect(page.images).toBeGreaterThan(0);
    expect(page.charts).toBeGreaterThan(0);
    expect(page.text).toMatch(/gan[^]*lsgan[^]*swd-points2k/u);
    expect(page.text).not.toMatch(/undefined|NaN|\[object/u);
  });

  it("of a sweep: ranking, history, importance, parallel coordinates", async () => {
    const home = temporaryFolder();
    const file = join(home, "sweep.yaml");
    writeFileSync(file, SWEEP);
    const { report } = await arenaJson<{ report: string }>(["sweep", file, "--home", home]);
    const page = await look(report, "sweep-report");
    expect(page).toMatchObject({ wide: false, broken: 0 });
    expect(page.charts).toBeGreaterThan(2);
    expect(page.headings).toEqual(expect.arrayContaining(["Ranking", "How it went", "What matters"]));
    expect(page.text).toMatch(/lr[^]*hidden/u);
    expect(page.text).not.toMatch(/undefined|NaN|\[object/u);
  });
});
