/** @file Runs a program of the machine and tells its lines. */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

export interface ToolOptions {
  /** Told what is going on, a line at a time. */
  readonly onProgress: (line: string) => void;
  readonly signal?: AbortSignal;
  readonly cwd?: string;
}

/** @throws Error with the last line that it said when it does not end with 0 */
export function runTool(program: string, words: readonly string[], options: ToolOptions): Promise<void> {
  const { onProgress, signal, cwd } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(program, words, {
      stdio: ["ignore", "pipe", "pipe"],
      ...(signal ? { signal } : {}),
      ...(cwd === undefined ? {} : { cwd }),
    });
    let last = "";
    for (const stream of [child.stdout, child.stderr])
      createInterface(stream).on("line", (line) => {
        const said = line.trim();
        if (said === "") return;
        last = said;
        onProgress(said);
      });
    child.on("error", reject);
    child.on("close", (code) => (code === 0 ? resolve() : reject(new Error(last || `${program} ended with ${code}`))));
  });
}
