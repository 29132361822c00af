/** @file Data sets of two domains x and y for translation: unpaired to train on, in pairs to measure with. */
import type { DataSource, DataSpec, HostTensor } from "@gan-arena/core/base";
import { sha256 } from "./fingerprint.js";
import { shuffled } from "./shuffled.js";

/** The pictures of one domain. */
export interface Domain {
  readonly count: number;
  /** sha256 of what the domain serves. */
  readonly fingerprint: string;
  /** The pictures of these indices, `[n,side,side,channels]` in [-1,1]. @param into as in `DataSource.batch` */
  readonly gather: (indices: Int32Array, into?: HostTensor) => HostTensor;
}

export interface TwoDomains {
  readonly name: string;
  readonly side: number;
  readonly channels: number;
  readonly x: Domain;
  readonly y: Domain;
}

const specOf = ({ name, side, channels, x, y }: TwoDomains): DataSpec => {
  const field = { shape: [side, side, channels], dtype: "float32" } as const;
  return {
    name,
    fields: { x: field, y: field },
    image: { height: side, width: side, channels },
    size: Math.max(x.count, y.count),
    pairs: ["x", "y"],
  };
};

/**
 * Training data: each domain goes through its own pictures in an order of its own, so sample i of x and sample i of y
 * have nothing to do with each other. A pass is as long as the larger domain.
 */
export function unpaired(domains: TwoDomains): DataSource {
  const spec = specOf(domains);
  const sideOf = (field: "x" | "y"): DataSource => {
    const { count, fingerprint, gather } = domains[field];
    return shuffled({
      // The name is part of the stream that the order is drawn from: two names, two orders.
      spec: { ...spec, name: `${spec.name}/${field}`, size: count },
      split: "train",
      fingerprint,
      gather: (indices, into) => ({ [field]: gather(indices, into?.[field]) }),
    });
  };
  const [x, y] = [sideOf("x"), sideOf("y")];
  return {
    spec,
    fingerprint: sha256(x.fingerprint, y.fingerprint),
    batch: (cursor, n, into) => ({ ...x.batch(cursor, n, into), ...y.batch(cursor, n, into) }),
  };
}

/** Test data: picture i of x and picture i of y are the two sides of one pair. */
export function paired(domains: TwoDomains): DataSource {
  const { x, y } = domains;
  return shuffled({
    spec: specOf(domains),
    split: "test",
    fingerprint: sha256(x.fingerprint, y.fingerprint),
    gather: (indices, into) => ({ x: x.gather(indices, into?.["x"]), y: y.gather(indices, into?.["y"]) }),
  });
}
