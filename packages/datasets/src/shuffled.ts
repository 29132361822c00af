/** @file Finite data sets: every pass serves every sample once, in an order of its own. */
import { type Cursor, type DataSource, type DataSpec, type HostTensors, stream } from "@gan-arena/core/base";
import { badBatch } from "./errors.js";

export interface FiniteSet {
  readonly spec: DataSpec;
  /** Names the order of the samples: sets of the same name and size are shuffled alike. */
  readonly split: "train" | "test";
  readonly fingerprint: string;
  /**
   * The samples of these indices, in this order, in arrays of their own.
   * @param indices each in [0,spec.size)
   * @param into as in `DataSource.batch`
   */
  gather(indices: Int32Array, into?: HostTensors): HostTensors;
}

/**
 * Serves a finite set without end. The order in pass p = floor(position / size) is a permutation that depends on
 * (seed, p) alone; a batch may straddle passes, and may be longer than the set.
 */
export function shuffled(set: FiniteSet): DataSource {
  const { spec, split, fingerprint } = set;
  const { size, name } = spec;
  const orders = orderCache(size, `data/${name}/${split}/order`);

  const batch = ({ seed, position }: Cursor, n: number, into?: HostTensors): HostTensors => {
    if (!Number.isSafeInteger(position) || position < 0 || !Number.isSafeInteger(n) || n < 1)
      throw badBatch(`${name}/${split}`, position, n);
    const indices = new Int32Array(n);
    for (let done = 0; done < n;) {
      const pass = Math.floor((position + done) / size);
      const first = position + done - pass * size;
      const count = Math.min(size - first, n - done);
      indices.set(orders(seed, pass).subarray(first, first + count), done);
      done += count;
    }
    return set.gather(indices, into);
  };
  return { spec, batch, fingerprint };
}

/** Orders by (seed, pass); the last two stay at hand: at the end of a pass batches need both. */
function orderCache(size: number, streamName: string): (seed: number, pass: number) => Int32Array {
  const recent: { seed: number; pass: number; order: Int32Array }[] = [];
  return (seed, pass) => {
    const known = recent.find((entry) => entry.seed === seed && entry.pass === pass);
    if (known) return known.order;
    const order = stream(seed, streamName).permutation(pass, size);
    if (recent.length === 2) recent.shift();
    recent.push({ seed, pass, order });
    return order;
  };
}
