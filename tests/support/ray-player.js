/**
 * @file What the jobs of a test's cluster start: gan-arena, with one job that is killed and some that wait.
 *
 *     node ray-player.js <folder> <victim> <held> <gan-arena.js> <words of gan-arena>
 *
 * The first job of trial `victim` dies by SIGKILL at its first value on the way. Trials from number `held` on begin when there
 * is a file `go` in the folder. So what a test wants to happen happens however busy the machine is.
 */
import { spawn } from "node:child_process";
import { existsSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

const [folder, victim, held, script, ...words] = process.argv.slice(2);
const trial = Number(/-t(\d+)-/u.exec(words[words.indexOf("--run-id") + 1])?.[1]);
const [go, killed] = [join(folder, "go"), join(folder, "killed")];

// Ray asks the processes of a job one by one to stop: this one ends after the one that it has started.
let child;
process.on("SIGTERM", () => (child ? undefined : process.exit(143)));

// A test that fails never says go.
for (const until = Date.now() + 600_000; trial >= Number(held) && !existsSync(go) && Date.now() < until;)
  await pause(50);

const dies = trial === Number(victim) && !existsSync(killed);
child = spawn(process.execPath, [script, ...words], { stdio: ["ignore", "pipe", "inherit"] });
let said = "";
let value;
child.stdout.setEncoding("utf8").on("data", (text) => {
  if (!dies) {
    writeSync(1, text);
    return;
  }
  said += text;
  value ??= /^.*?"kind":"metric".*?\n/su.exec(said)?.[0];
  if (value) child.kill("SIGKILL");
});
child.on("close", (code, signal) => {
  if (!dies) {
    process.exitCode = signal === null ? code : 128;
    return;
  }
  // What it said after that value is not passed on: it may have been quicker than the signal.
  writeSync(1, value ?? said);
  writeFileSync(killed, "");
  process.kill(process.pid, "SIGKILL");
});
