/** @file The style sheet, the script and uPlot as text, and the policy that lets nothing else run or load. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { missingAsset } from "./errors.js";

export interface Assets {
  readonly style: string;
  /** One script: uPlot, then ours. */
  readonly script: string;
  readonly policy: string;
}

function read(name: string, path: () => string | URL): string {
  try {
    return readFileSync(path(), "utf8");
  } catch (error) {
    throw missingAsset(name, error);
  }
}

/** `assets` is beside `src` and `dist` alike. */
const ours = (name: string): string => read(`assets/${name}`, () => new URL(`../assets/${name}`, import.meta.url));

const uplot = (name: string): string =>
  read(`uplot/dist/${name}`, () => createRequire(import.meta.url).resolve(`uplot/dist/${name}`));

const hash = (text: string): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

let cached: Assets | undefined;

/** @throws GanError MISSING_DEPENDENCY */
export function loadAssets(): Assets {
  if (cached) return cached;
  const style = `${uplot("uPlot.min.css")}\n${ours("report.css")}`;
  const script = `${uplot("uPlot.iife.min.js")}\n${ours("report.js")}`;
  const policy = [
    "default-src 'none'",
    "img-src data:",
    `style-src ${hash(style)}`,
    `script-src ${hash(script)}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  cached = { style, script, policy };
  return cached;
}

/** Style and policy of a page that has no script. @throws GanError MISSING_DEPENDENCY */
export function loadSweepAssets(): Omit<Assets, "script"> {
  const style = `${ours("report.css")}\n${ours("sweep.css")}`;
  const policy = ["default-src 'none'", `style-src ${hash(style)}`, "base-uri 'none'", "form-action 'none'"].join("; ");
  return { style, policy };
}
