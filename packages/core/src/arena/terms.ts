/** @file Means of terms and probes between two logs. */

/** A phase's sums since the last log, as a checkpoint keeps them. */
export interface MeterState {
  readonly plays: number;
  readonly sums: readonly number[];
}

/** Sums the scalars that each play of one phase returns. */
export class TermMeter {
  private readonly sums: Float64Array;
  private readonly last: Float64Array;
  private plays = 0;

  /** @param names logged names, in the order of the program's scalars */
  constructor(readonly names: readonly string[]) {
    this.sums = new Float64Array(names.length);
    this.last = new Float64Array(names.length).fill(NaN);
  }

  /** Adds one play. @returns the index of the first value that is not finite, or -1 */
  add(scalars: ArrayLike<number>): number {
    let bad = -1;
    this.plays++;
    for (let i = 0; i < this.sums.length; i++) {
      const value = scalars[i];
      this.sums[i] = this.sums[i] + value;
      this.last[i] = value;
      if (bad < 0 && !Number.isFinite(value)) bad = i;
    }
    return bad;
  }

  /** The value that the last play returned; NaN before the first. */
  latest(index: number): number {
    return this.last[index];
  }

  /** Writes what the last play returned to `into`; writes nothing before the first. */
  latestInto(into: Record<string, number>): void {
    this.names.forEach((name, i) => {
      if (!Number.isNaN(this.last[i])) into[name] = this.last[i];
    });
  }

  /** Writes the means to `into` and begins anew; writes nothing when there was no play. */
  flush(into: Record<string, number>): void {
    if (this.plays > 0)
      this.names.forEach((name, i) => {
        into[name] = this.sums[i] / this.plays;
      });
    this.plays = 0;
    this.sums.fill(0);
  }

  save(): MeterState {
    return { plays: this.plays, sums: [...this.sums] };
  }

  load(state: MeterState): void {
    this.plays = state.plays;
    this.sums.set(state.sums);
  }
}
