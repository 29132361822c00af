/** @file The trials of a study, with what samplers need of them kept up to date: small work per trial, however many there are. */
import type { Direction, Params, Space, Trial, TrialState } from "../contracts.js";
import { encodeParams } from "../space/arrange.js";
import { SortedColumn } from "./sorted-column.js";

/** A trial that the study changes; everybody else sees a {@link Trial}. */
export interface Entry extends Trial {
  /** Place in the columns of the history: the order in which trials came. */
  readonly slot: number;
  params: Params;
  state: TrialState;
  values: readonly number[];
  readonly reports: Map<number, number>;
}

export class History {
  private readonly entries: Entry[] = [];
  private readonly byNumber = new Map<number, Entry>();
  private readonly columns: readonly SortedColumn[];
  private readonly counts: Record<TrialState, number> = { running: 0, complete: 0, pruned: 0, failed: 0 };

  constructor(
    readonly space: Space,
    readonly directions: readonly Direction[],
  ) {
    this.columns = space.parameters.map(() => new SortedColumn());
  }

  /** By ascending number. */
  get trials(): readonly Entry[] {
    return this.entries;
  }

  /** One more than the highest number. */
  get nextNumber(): number {
    return (this.entries.at(-1)?.number ?? -1) + 1;
  }

  get(number: number): Entry | undefined {
    return this.byNumber.get(number);
  }

  count(state: TrialState): number {
    return this.counts[state];
  }

  /** Numbers of parameter `index`, see {@link encodeParams}, by slot and in order. */
  column(index: number): SortedColumn {
    const column = this.columns[index];
    if (!column) throw new RangeError(`no parameter ${index}`);
    return column;
  }

  /** Values with the sign turned where they are maximised: smaller is better. */
  losses({ values }: Trial): number[] {
    return values.map((value, i) => (this.directions[i] === "maximize" ? -value : value));
  }

  /** @param number not there yet */
  add(number: number, params: Params): Entry {
    const entry: Entry = {
      number,
      slot: this.entries.length,
      params,
      state: "running",
      values: [],
      reports: new Map(),
    };
    const encoded = encodeParams(this.space, params);
    this.columns.forEach((column, i) => column.push(entry.slot, encoded[i] ?? Number.NaN));
    // Numbers come in order but for journals that were mended by hand.
    const behind = this.entries.findLastIndex((other) => other.number < number);
    this.entries.splice(behind + 1, 0, entry);
    this.byNumber.set(number, entry);
    this.counts.running++;
    return entry;
  }

  /** Ends a running trial, or opens a failed one again. */
  change(entry: Entry, state: TrialState, values: readonly number[]): void {
    this.counts[entry.state]--;
    this.counts[state]++;
    entry.state = state;
    entry.values = values;
  }
}
