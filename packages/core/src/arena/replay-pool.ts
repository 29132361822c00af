/** @file The history of generated pictures that a critic is shown. */
import { stream, type RandomStream } from "../random/index.js";

/**
 * A history of samples (Shrivastava et al. 2017, arXiv:1612.07828, Sec. 2.3, in the form of CycleGAN's code): while it is not full,
 * every fresh sample is stored and shown; afterwards, with probability 1/2, a stored one is shown and the fresh one takes
 * its place, else the fresh one is shown.
 */
export class ReplayPool {
  /** Rows of samples; the first `count` hold something. */
  private readonly values: Float32Array;
  private count = 0;
  private readonly random: RandomStream;
  private readonly decisions: Float32Array;

  constructor(
    private readonly options: {
      /** Names the random stream. */
      readonly name: string;
      readonly seed: number;
      readonly capacity: number;
      readonly batchSize: number;
      /** Numbers in one sample. */
      readonly sampleSize: number;
    },
  ) {
    this.values = new Float32Array(options.capacity * options.sampleSize);
    this.random = stream(options.seed, options.name);
    this.decisions = new Float32Array(2 * options.batchSize);
  }

  /** The stored samples, row by row. */
  stored(): Float32Array {
    return this.values.subarray(0, this.count * this.options.sampleSize);
  }

  /** Puts back what `stored` gave. */
  restore(stored: Float32Array): void {
    this.values.set(stored);
    this.count = stored.length / this.options.sampleSize;
  }

  /**
   * Fills `out` with what is shown instead of `fresh`.
   * @param play number of this query; decides which samples are swapped
   * @param fresh `[batchSize * sampleSize]`
   */
  query(play: number, fresh: Float32Array, out: Float32Array): void {
    const { capacity, batchSize, sampleSize } = this.options;
    const decisions = this.random.uniform(play, this.decisions);
    for (let i = 0; i < batchSize; i++) {
      const at = i * sampleSize;
      const sample = fresh.subarray(at, at + sampleSize);
      if (this.count < capacity) {
        this.values.set(sample, this.count * sampleSize);
        this.count++;
        out.set(sample, at);
      } else if (decisions[i] < 0.5) {
        const slot = Math.floor(decisions[batchSize + i] * capacity) * sampleSize;
        out.set(this.values.subarray(slot, slot + sampleSize), at);
        this.values.set(sample, slot);
      } else out.set(sample, at);
    }
  }
}
