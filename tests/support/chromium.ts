/**
 * @file A headless Chromium, to see pages as people see them.
 *
 * GAN_ARENA_TEST_CHROMIUM names one; else the one of the system is used. In CI it is installed when it is not there; elsewhere
 * the tests that need it are skipped, and say so.
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { chromium, type Browser, type Page } from "playwright-core";
import { afterAll, beforeAll } from "vitest";
import { ROOT } from "./repository.js";

/** Where tests leave what they have seen, for people to look at. */
export const SCREENSHOTS = join(ROOT, "node_modules", ".cache", "gan-arena-tests", "screenshots");

const NAMES = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];

function found(): string | undefined {
  const own = process.env["GAN_ARENA_TEST_CHROMIUM"];
  if (own) return own;
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  return folders.flatMap((folder) => NAMES.map((name) => join(folder, name))).find((file) => existsSync(file));
}

/** Undefined when pages can be looked at, else what to do to have it done. */
export const chromiumMissing = (): string | undefined =>
  process.env["CI"] || found() !== undefined
    ? undefined
    : "install Chromium, or set GAN_ARENA_TEST_CHROMIUM to its path, to have pages looked at";

/** From Debian's packages, as root: what CI is. */
function installed(): string {
  const apt = (...words: string[]) =>
    spawnSync("apt-get", words, {
      encoding: "utf8",
      timeout: 600_000,
      env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
    });
  apt("update");
  const { stderr, error } = apt("install", "--yes", "--no-install-recommends", "chromium", "fonts-liberation");
  const file = found();
  if (file === undefined) throw new Error(`Chromium could not be installed: ${error?.message ?? stderr.slice(-1000)}`);
  return file;
}

export interface TestBrowser {
  /** A page of its own in a window of 1400 by 900; what it reports as an error is collected. */
  open(url: string): Promise<{ readonly page: Page; readonly errors: readonly string[] }>;
}

/** A browser for the tests of the `describe` in which this is called. */
export function useBrowser(): TestBrowser {
  let browser: Browser | undefined;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: found() ?? installed(), args: ["--no-sandbox"] });
  }, 900_000);
  afterAll(() => browser?.close());
  return {
    async open(url) {
      if (browser === undefined) throw new Error("the browser has not been started yet");
      const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
      const errors: string[] = [];
      page.on("pageerror", (error) => void errors.push(error.message));
      await page.goto(url);
      return { page, errors };
    },
  };
}
