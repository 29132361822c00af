/** @file A block of lines at the end of a terminal that is drawn again in place. */
import { fit, plain, widthOf } from "./style.js";
import type { Stream } from "./output.js";

/** Lines longer than the terminal would wrap and break the count of lines to go back: they are cut. */
export class LiveBlock {
  private drawn = 0;

  constructor(private readonly stream: Stream) {}

  draw(lines: readonly string[]): void {
    const columns = this.stream.columns ?? 80;
    const cut = lines.map((line) => (widthOf(line) < columns ? line : fit(plain(line), columns - 1)));
    this.stream.write(this.back() + cut.map((line) => `${line}\u001B[K\n`).join(""));
    this.drawn = cut.length;
  }

  /** Removes the block, so that ordinary lines can be written. */
  clear(): void {
    if (this.drawn > 0) this.stream.write(this.back());
    this.drawn = 0;
  }

  private back(): string {
    // The terminal may have echoed ^C: the cursor is not sure to stand at the beginning of its line.
    return this.drawn > 0 ? `\r\u001B[${this.drawn}A\u001B[J` : "";
  }
}
