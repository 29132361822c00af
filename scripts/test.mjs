/** @file `npm test`: installs, builds, runs all tests, and says at the very end how many passed and failed. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build, checkNode, install, ROOT, run } from "./lib.mjs";

checkNode();
await install();
const { passed, failed } = (await build()) ? await test(process.argv.slice(2)) : { passed: 0, failed: 1 };
process.exitCode = failed === 0 ? 0 : 1;
console.log(`${passed} passed, ${failed} failed`);

/** @param added arguments for vitest, for example `--project unit` */
async function test(added) {
  const folder = mkdtempSync(join(tmpdir(), "gan-arena-tests-"));
  const file = join(folder, "report.json");
  try {
    const vitest = join(ROOT, "node_modules", "vitest", "vitest.mjs");
    const code = await run(process.execPath, [
      vitest,
      "run",
      "--reporter=default",
      "--reporter=json",
      `--outputFile.json=${file}`,
      ...added,
    ]);
    return count(file, code);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A file that does not load has no tests to fail, and an error outside of tests fails none: each counts as one. */
function count(file, code) {
  let report;
  try {
    report = JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return { passed: 0, failed: 1 };
  }
  const notLoaded = report.testResults.filter(
    ({ status, assertionResults }) => status === "failed" && assertionResults.length === 0,
  );
  const failed = report.numFailedTests + notLoaded.length;
  return { passed: report.numPassedTests, failed: failed === 0 && code !== 0 ? 1 : failed };
}
