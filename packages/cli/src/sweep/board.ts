/** @file A sweep on the screen: a live table on a terminal, one line for each trial that ends elsewhere. */
import type { LiveProgress, Objective, RunnerObserver, TrialView } from "@gan-arena/sweep";
import { bar } from "../terminal/bar.js";
import { formatDuration, formatKimg, formatNumber } from "../terminal/format.js";
import { LiveBlock } from "../terminal/live.js";
import type { Output } from "../terminal/output.js";
import { painter } from "../terminal/style.js";
import { tableLines } from "../terminal/table.js";

export interface Board extends RunnerObserver {
  close(): void;
}

export interface BoardRequest {
  readonly output: Output;
  readonly objectives: readonly Objective[];
  /** How many there will be; infinite when only the time is limited. */
  readonly trials: number;
  readonly workers: number;
  /** What there is already. */
  readonly views: Iterable<TrialView>;
  /** Milliseconds, monotonic. */
  readonly now?: () => number;
}

const LIVE_EVERY_MS = 200;
const BEST_SHOWN = 5;

export const createBoard = (request: BoardRequest): Board =>
  request.output.stderr.isTTY ? new LiveBoard(request) : new PlainBoard(request);

/** What the screen shows of a sweep: counts, the best few and what is running, never all trials. */
class Standing {
  readonly running = new Map<number, { view: TrialView; progress?: LiveProgress }>();
  best: TrialView[] = [];
  private readonly counts = { complete: 0, pruned: 0, failed: 0 };
  private endedHere = 0;
  private readonly startedAt: number;

  constructor(
    private readonly request: BoardRequest,
    private readonly now: () => number,
  ) {
    this.startedAt = now();
    for (const view of request.views) if (view.state !== "open") this.count(view);
  }

  /** @returns true when the trial has ended */
  take(view: TrialView): boolean {
    if (view.state === "open") {
      this.running.set(view.number, { ...this.running.get(view.number), view });
      return false;
    }
    this.running.delete(view.number);
    this.endedHere++;
    this.count(view);
    return true;
  }

  get ended(): number {
    const { complete, pruned, failed } = this.counts;
    return complete + pruned + failed;
  }

  /** By how long trials took in this session. */
  get etaSeconds(): number | undefined {
    if (this.endedHere === 0 || !Number.isFinite(this.request.trials)) return undefined;
    const each = (this.now() - this.startedAt) / 1000 / this.endedHere;
    return each * Math.max(0, this.request.trials - this.ended);
  }

  get headline(): string {
    const { complete, pruned, failed } = this.counts;
    const [best] = this.best;
    const [objective] = this.request.objectives;
    const eta = this.etaSeconds;
    return [
      Number.isFinite(this.request.trials) ? `${this.ended} of ${this.request.trials} trials` : `${this.ended} trials`,
      `${this.running.size} running`,
      `${complete} complete`,
      `${pruned} pruned`,
      `${failed} failed`,
      ...(eta === undefined ? [] : [`ETA ${formatDuration(eta)}`]),
      ...(best ? [`best ${objective?.name} ${formatNumber(best.values[0] ?? NaN)} (trial ${best.number})`] : []),
    ].join("  ");
  }

  private count(view: TrialView): void {
    if (view.state === "open") return;
    this.counts[view.state]++;
    if (view.state !== "complete") return;
    const sign = this.request.objectives[0]?.goal === "maximize" ? -1 : 1;
    this.best = [...this.best, view]
      .sort((a, b) => sign * ((a.values[0] ?? NaN) - (b.values[0] ?? NaN)) || a.number - b.number)
      .slice(0, BEST_SHOWN);
  }
}

const paramsText = ({ params }: TrialView): string =>
  Object.entries(params)
    .map(([path, value]) => `${path} ${typeof value === "number" ? formatNumber(value) : String(value)}`)
    .join("  ");

class LiveBoard implements Board {
  private readonly block: LiveBlock;
  private readonly standing: Standing;
  private drawnAt = -Infinity;

  constructor(
    private readonly request: BoardRequest,
    private readonly now = request.now ?? (() => performance.now()),
  ) {
    this.block = new LiveBlock(request.output.stderr);
    this.standing = new Standing(request, now);
  }

  trial(view: TrialView): void {
    this.standing.take(view);
    this.update();
  }

  progress(view: TrialView, progress: LiveProgress): void {
    if (this.standing.running.has(view.number)) this.standing.running.set(view.number, { view, progress });
    this.update();
  }

  note(text: string): void {
    this.block.clear();
    this.request.output.note(text);
    this.draw();
  }

  close(): void {
    this.draw();
  }

  private update(): void {
    if (this.now() - this.drawnAt >= LIVE_EVERY_MS) this.draw();
  }

  private draw(): void {
    this.drawnAt = this.now();
    this.block.draw(boardLines(this.standing, this.request));
  }
}

function boardLines(standing: Standing, { output, objectives }: BoardRequest): string[] {
  const paint = painter(output.colour);
  const name = objectives[0]?.name ?? "value";
  const running = tableLines(
    [
      { title: "running", align: "right", cell: ({ view }) => String(view.number) },
      {
        title: "progress",
        cell: ({ progress }) =>
          progress && progress.totalKimg > 0 ? paint("cyan", bar(progress.kimg / progress.totalKimg, 12)) : "",
      },
      { title: "kimg", align: "right", cell: ({ progress }) => (progress ? formatKimg(progress.kimg) : "") },
      { title: name, align: "right", cell: ({ view }) => (view.lastReport ? formatNumber(view.lastReport.value) : "") },
      { title: "settings", cell: ({ view }) => paramsText(view) },
    ],
    [...standing.running.values()].slice(0, 12),
  );
  const best = tableLines(
    [
      { title: "best", align: "right", cell: (view) => String(view.number) },
      { title: name, align: "right", cell: ({ values }) => paint("green", formatNumber(values[0] ?? NaN)) },
      { title: "settings", cell: paramsText },
    ],
    standing.best,
  );
  return [
    paint("bold", standing.headline),
    ...(standing.running.size > 0 ? running : []),
    ...(standing.best.length > 0 ? best : []),
  ];
}

class PlainBoard implements Board {
  private readonly standing: Standing;

  constructor(private readonly request: BoardRequest) {
    this.standing = new Standing(request, request.now ?? (() => performance.now()));
  }

  trial(view: TrialView): void {
    if (!this.standing.take(view)) return;
    const values = view.values.map(formatNumber).join("  ");
    const result = view.state === "complete" ? values : `${view.state}: ${view.message ?? ""}`;
    this.request.output.note(`trial ${view.number}: ${result}  (${paramsText(view)})\n  ${this.standing.headline}`);
  }

  progress(): void {
    // Trials are many and short: a line for each end is enough.
  }

  note(text: string): void {
    this.request.output.note(text);
  }

  close(): void {
    // Every line is whole already.
  }
}
