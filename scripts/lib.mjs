/** @file What the root's scripts share. Built-ins of Node only: they run before anything is installed. */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const OLDEST_NODE = [20, 19];

const at = (...path) => join(ROOT, ...path);

/**
 * Runs a program in the root, its output on ours. Ctrl-C reaches it by itself: we wait for what it makes of it.
 * @returns {Promise<number>} its exit code
 */
export async function run(program, args) {
  const child = spawn(program, args, { cwd: ROOT, stdio: "inherit", shell: needsShell(program) });
  const wait = () => undefined;
  const forward = () => child.kill("SIGTERM");
  process.on("SIGINT", wait).on("SIGTERM", forward);
  try {
    const [code, signal] = await once(child, "close");
    return code ?? (signal === "SIGINT" ? 130 : signal === "SIGTERM" ? 143 : 1);
  } catch (error) {
    return fail(`${program} cannot be started: ${error.message}`);
  } finally {
    process.off("SIGINT", wait).off("SIGTERM", forward);
  }
}

/** A script of npm's own or a .cmd file: only a shell starts those on Windows. */
const needsShell = (program) => process.platform === "win32" && program === "npm";

/** The npm that runs this script, else the one on the path. */
const npm = (args) =>
  process.env.npm_execpath?.endsWith(".js")
    ? run(process.execPath, [process.env.npm_execpath, ...args])
    : run("npm", args);

export function fail(message) {
  process.stderr.write(`error: ${message}\n`);
  process.exit(1);
}

export function checkNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major < OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor < OLDEST_NODE[1]))
    fail(
      `Node ${OLDEST_NODE.join(".")} or newer is needed, this is ${process.versions.node}; install it from nodejs.org`,
    );
}

/** Installs what package-lock.json names, unless that was done already for this very file. */
export async function install() {
  const lock = at("package-lock.json");
  const stamp = at("node_modules", ".gan-arena-lock");
  const hash = createHash("sha256").update(readFileSync(lock)).digest("hex");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === hash) return;
  // Somebody may have installed by hand: npm's own copy of the lock is then newer than the lock.
  const installed = at("node_modules", ".package-lock.json");
  const byHand = !existsSync(stamp) && existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs;
  if (!byHand) {
    process.stderr.write("installing the dependencies …\n");
    // Not `npm ci`: it stops where a registry does not serve the optional package of some other platform.
    const code = await npm(["install", "--no-save", "--no-audit", "--no-fund"]);
    if (code !== 0) fail("the dependencies could not be installed: see above");
  }
  writeFileSync(stamp, hash);
}

/** Compiles what has changed. @returns {Promise<boolean>} whether it compiles */
export async function build() {
  process.stderr.write("building …\n");
  return (await run(process.execPath, [at("node_modules", "typescript", "bin", "tsc"), "-b"])) === 0;
}
