/** @file A data set and a metric that are wrong on request. */
import { DATASET, METRIC } from "@gan-arena/core/base";
import { z as schema } from "zod";

const spec = { name: "odd-data", fields: { x: { shape: [2], dtype: "float32" } }, points: { dim: 2 }, size: Infinity };

/** Serves batches of three numbers a sample although it says two. */
const data = {
  name: "odd-data",
  summary: "points with a number too many",
  licence: "none needed",
  kind: "points",
  config: schema.object({}),
  open() {
    const batch = (_cursor, n) => ({ x: { shape: [n, 3], dtype: "float32", data: new Float32Array(3 * n) } });
    const source = { spec, fingerprint: "odd", batch };
    return Promise.resolve({ train: source, test: source });
  },
};

/** Returns text where a number belongs. */
const metric = {
  name: "odd-metric",
  protocol: "odd",
  summary: "no number",
  better: "lower",
  unsuitable: () => undefined,
  compute: () => Promise.resolve({ value: "good", samples: 1, split: "none" }),
};

export const register = (container) => {
  container.register(DATASET, { useValue: data });
  container.register(METRIC, { useValue: metric });
};
