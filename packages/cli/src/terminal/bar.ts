/** @file The progress of one run: a bar on a terminal, a line every few seconds elsewhere. */
import type { TrainProgress } from "@gan-arena/core/base";
import { formatDuration, formatKimg, formatNumber } from "./format.js";
import { LiveBlock } from "./live.js";
import type { Output } from "./output.js";
import { painter, type Paint } from "./style.js";

export interface ProgressView {
  update(progress: TrainProgress): void;
  /** A line that stays, above the bar. */
  line(text: string): void;
  close(): void;
}

const PLAIN_EVERY_MS = 5000;
const BAR_EVERY_MS = 100;

/** @param now milliseconds, monotonic */
export function progressView(output: Output, now: () => number = () => performance.now()): ProgressView {
  return output.stderr.isTTY ? new Bar(output, now) : new PlainLines(output, now);
}

class Bar implements ProgressView {
  private readonly block: LiveBlock;
  private readonly paint: Paint;
  private last: TrainProgress | undefined;
  private drawnAt = -Infinity;

  constructor(
    private readonly output: Output,
    private readonly now: () => number,
  ) {
    this.block = new LiveBlock(output.stderr);
    this.paint = painter(output.colour);
  }

  update(progress: TrainProgress): void {
    this.last = progress;
    if (this.now() - this.drawnAt < BAR_EVERY_MS) return;
    this.draw();
  }

  line(text: string): void {
    this.block.clear();
    this.output.note(text);
    if (this.last) this.draw();
  }

  close(): void {
    if (this.last) this.draw();
  }

  private draw(): void {
    if (!this.last) return;
    this.drawnAt = this.now();
    const { kimg, totalKimg } = this.last;
    const share = totalKimg > 0 ? Math.min(1, kimg / totalKimg) : 0;
    this.block.draw([`${this.paint("cyan", bar(share, 24))} ${describeProgress(this.last)}`]);
  }
}

class PlainLines implements ProgressView {
  private writtenAt: number;

  constructor(
    private readonly output: Output,
    private readonly now: () => number,
  ) {
    this.writtenAt = now();
  }

  update(progress: TrainProgress): void {
    if (this.now() - this.writtenAt < PLAIN_EVERY_MS) return;
    this.writtenAt = this.now();
    this.output.note(describeProgress(progress));
  }

  line(text: string): void {
    this.output.note(text);
  }

  close(): void {
    // Every line is whole already.
  }
}

/** @param share 0 to 1 */
export function bar(share: number, width: number): string {
  const eighths = Math.round(Math.min(1, Math.max(0, share)) * width * 8);
  const rest = eighths % 8;
  const full = "█".repeat(Math.floor(eighths / 8));
  return (full + (rest > 0 ? (" ▏▎▍▌▋▊▉"[rest] ?? "") : "")).padEnd(width, "·");
}

/** "12.8/20 kimg  64%  2.1 kimg/s  ETA 4s  D/real 0.61  G/adversarial 0.9". */
export function describeProgress({ kimg, totalKimg, kimgPerSecond, terms }: TrainProgress): string {
  const share = totalKimg > 0 ? Math.floor(Math.min(1, kimg / totalKimg) * 100) : 0;
  const eta = kimgPerSecond > 0 ? formatDuration(Math.max(0, totalKimg - kimg) / kimgPerSecond) : "?";
  const losses = Object.entries(terms)
    .filter(([name]) => !name.startsWith("score/") && !name.endsWith("/total"))
    .map(([name, value]) => `${name} ${formatNumber(value)}`);
  return [
    `${formatKimg(kimg)}/${formatNumber(totalKimg)} kimg`,
    `${share}%`,
    `${formatNumber(kimgPerSecond)} kimg/s`,
    `ETA ${eta}`,
    ...losses,
  ].join("  ");
}
