/** @file The benchmark's side of one that is measured: a child process that stays alive and waits for its turns. */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** Lines of standard error that are shown when a child dies. */
const LAST_WORDS = 8;

export class Contestant {
  /** @param {string} name @param {{ command: string, args: readonly string[], env?: object }} start */
  constructor(name, { command, args, env }) {
    this.name = name;
    this.errors = [];
    this.child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ["pipe", "pipe", "pipe"] });
    this.gone = new Promise((resolve) => {
      this.child.once("error", (error) => resolve(error.message));
      this.child.once("close", (code, signal) => resolve(`ended with ${code ?? signal}`));
    });
    this.child.stdin.on("error", () => undefined); // told by `gone`
    createInterface({ input: this.child.stderr }).on("line", (line) => {
      this.errors.push(line);
      if (this.errors.length > LAST_WORDS) this.errors.shift();
    });
    this.lines = createInterface({ input: this.child.stdout })[Symbol.asyncIterator]();
  }

  get pid() {
    return this.child.pid;
  }

  /** Waits until everything is loaded. @returns {Promise<object>} what it says of itself: protocol.mjs */
  async ready() {
    return JSON.parse(await this.line("ready"));
  }

  /** Has `steps` steps or a few more played, by `command`. @returns {Promise<number>} milliseconds of one step */
  async run(steps, command = "run") {
    this.child.stdin.write(`${command} ${steps}\n`);
    const [played, ms] = (await this.line("ran")).split(" ").map(Number);
    return ms / played;
  }

  async quit() {
    this.child.stdin.end("quit\n");
    await this.gone;
  }

  /** The rest of the next line that begins with `word`. @throws Error with the child's last words when it is gone */
  async line(word) {
    for (;;) {
      const { value, done } = await this.lines.next();
      if (done) throw new Error(`${this.name} ${await this.gone}\n${this.errors.join("\n")}`);
      if (value.startsWith(`${word} `)) return value.slice(word.length + 1);
    }
  }
}
