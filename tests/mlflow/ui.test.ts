/**
 * @file MLflow's pages as people see them: charts, the slider of pictures, and all runs of a comparison side by side. Needs a build.
 *
 * Screenshots are left in `node_modules/.cache/gan-arena-tests/screenshots`, for people to look at.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { MlflowClient } from "mlflow-js-client";
import { beforeAll, describe, expect, it } from "vitest";
import { chromiumMissing, SCREENSHOTS, useBrowser } from "../support/chromium.js";
import { arenaJson, suiteFolder } from "../support/command.js";
import { mlflowMissing, useServer, VERSIONS } from "./support.js";

const COMPARE =
  "compare --variants gan,lsgan --dataset mnist --seeds 0 --kimg 0.5 --picture-kimg 0.1 --set gan:filters=8 --set lsgan:filters=8";
const missing = mlflowMissing() ?? chromiumMissing();
const title = `the pages of MLflow${missing === undefined ? "" : ` (skipped: ${missing})`}`;

describe.skipIf(missing !== undefined).each(VERSIONS)(`${title} $version`, ({ version, line }) => {
  const server = useServer(VERSIONS[line === 2 ? 0 : 1]);
  const browser = useBrowser();
  const home = suiteFolder();
  let url = "";
  let cell = "";
  let note = "";

  beforeAll(async () => {
    const words = [...COMPARE.split(" "), "--metrics", "swd-pixels2k", "--home", home, "--mlflow", server.url];
    const { tracking } = await arenaJson<{ tracking: { url: string } }>(words);
    ({ url } = tracking);
    const client = new MlflowClient({ trackingUri: server.url });
    const experimentId = /experiments\/(\d+)\//u.exec(url)?.[1] ?? "";
    const { items } = await client.runs.searchPage({ experimentIds: [experimentId] });
    cell = items.find(({ info }) => info.runName === "gan seed 0")?.info.runId ?? "";
    note = items.map(({ tags }) => tags["mlflow.note.content"]).find((text) => text !== undefined) ?? "";
    client.close();
  });

  const keep = async (page: Page, name: string) => {
    mkdirSync(SCREENSHOTS, { recursive: true });
    await page.screenshot({ path: join(SCREENSHOTS, `mlflow-${version.replace(".*", "")}-${name}.png`) });
  };
  const wait = { timeout: 60_000, interval: 100 };

  it("a run has its charts, and its pictures with a slider over the steps", async () => {
    const { page, errors } = await browser.open(`${url}/${cell}/model-metrics`);
    await page.getByText("adversarial").first().waitFor();
    await expect.poll(() => page.locator("svg.main-svg").count(), wait).toBeGreaterThan(1);
    await keep(page, "run");
    // What is further down is drawn when it is scrolled into view.
    await page.mouse.move(600, 600);
    const slider = page.getByRole("slider").first();
    await expect
      .poll(async () => {
        await page.mouse.wheel(0, 300);
        return slider.isVisible();
      }, wait)
      .toBe(true);
    const picture = page.locator('img[src*="get-artifact?path=images"]').first();
    await picture.waitFor();
    const first = await picture.getAttribute("src");
    await slider.focus();
    await expect
      .poll(async () => {
        await slider.press("ArrowRight");
        return picture.getAttribute("src");
      }, wait)
      .toContain(encodeURIComponent("+step+512+"));
    expect(first).toContain(encodeURIComponent("+step+0+"));
    // It has come, and is a picture.
    await expect
      .poll(() => picture.evaluate((image) => (image as unknown as { naturalWidth: number }).naturalWidth), wait)
      .toBeGreaterThan(28);
    await keep(page, "pictures");
    expect(errors).toEqual([]);
    await page.close();
  });

  it("the link in the note shows all runs side by side, the best first, none hidden below another", async () => {
    const link = /\]\((#\/[^)]*)\)/u.exec(note)?.[1] ?? "";
    const { page, errors } = await browser.open(`${server.url}/${link}`);
    for (const name of ["gan seed 0", "lsgan seed 0"]) await page.getByText(name, { exact: true }).first().waitFor();
    await page.getByText("3 matching runs").waitFor();
    await expect.poll(() => page.locator("svg.main-svg").count(), wait).toBeGreaterThan(1);
    const ranked = /\| 1 \| (\w+) \|/u.exec(note)?.[1] ?? "";
    const text = await page.locator("body").innerText();
    const other = ranked === "gan" ? "lsgan" : "gan";
    expect(text.indexOf(`\n${ranked} seed 0\n`)).toBeLessThan(text.indexOf(`\n${other} seed 0\n`));
    await keep(page, "comparison");
    expect(errors).toEqual([]);
    await page.close();
  });
});
