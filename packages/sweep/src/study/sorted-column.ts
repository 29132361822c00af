/** @file Numbers that are kept in order while more come in. */

/** One number for each slot 0, 1, …; the slots in ascending order of their numbers are always at hand. */
export class SortedColumn {
  private numbers = new Float64Array(16);
  private slots = new Int32Array(16);
  private filled = 0;

  /** Slots in ascending order of their numbers, slots without a number left out; ties in the order of insertion. */
  get order(): Int32Array {
    return this.slots.subarray(0, this.filled);
  }

  /** By slot; NaN for none. */
  get values(): Float64Array {
    return this.numbers;
  }

  /** @param slot one more than the last one */
  push(slot: number, value: number): void {
    if (slot >= this.numbers.length) this.numbers = grown(this.numbers, new Float64Array(2 * this.numbers.length));
    this.numbers[slot] = value;
    if (Number.isNaN(value)) return;
    if (this.filled === this.slots.length) this.slots = grown(this.slots, new Int32Array(2 * this.slots.length));
    const at = this.placeOf(value);
    this.slots.copyWithin(at + 1, at, this.filled);
    this.slots[at] = slot;
    this.filled++;
  }

  /** Behind all that are not larger. */
  private placeOf(value: number): number {
    let low = 0;
    let high = this.filled;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.numbers[this.slots[middle] ?? 0] ?? 0) <= value) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function grown<T extends Float64Array | Int32Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
