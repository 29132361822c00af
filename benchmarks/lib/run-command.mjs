/** @file Runs a program and waits for it, its output on our own standard error. */
import { spawn } from "node:child_process";

/** @throws Error with the command line when the program cannot be started or does not end with 0 */
export function runCommand(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const line = [command, ...args].join(" ");
    console.error(`$ ${line}`);
    const child = spawn(command, args, { ...options, stdio: ["ignore", 2, 2] });
    child.once("error", (cause) => reject(new Error(`${line}: ${cause.message}`, { cause })));
    child.once("exit", (code, signal) =>
      code === 0 ? resolve() : reject(new Error(`${line} ended with ${code ?? signal}`)),
    );
  });
}
