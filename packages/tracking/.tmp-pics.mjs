import { openArena, pictureOf } from "@gan-arena/core";
import { onnxFactory } from "@gan-arena/engine";
import { ring, gaussian1d, mnist } from "@gan-arena/datasets";
import { gan } from "@gan-arena/variants-gan";
import { encode } from "fast-png";
import { writeFileSync } from "node:fs";
const engine = await onnxFactory.create({ threads: 1, deterministic: true });
for (const [name, ds, kimg] of [["ring", ring, 100]]) {
  const data = await ds.open(ds.config.parse({}), { home: "/tmp" });
  const config = gan.config.parse({});
  const run = { formatVersion: 1, runId: "x", variant: "gan", config, dataset: name, datasetConfig: {}, dataFingerprint: "", seed: 0, options: { kimg, batchSize: 64, logKimg: 1e9, checkpointKimg: 1e9, pictureKimg: kimg / 2, metricKimg: 1e9 }, metrics: [], engine: engine.info, plugins: [], createdAt: "", versions: {}, machine: {} };
  const arena = await openArena({ run, variant: gan, data, engine });
  const put = (n, p) => writeFileSync(`/tmp/${n}.png`, encode(p));
  const r = await arena.train({ metrics: [], trackers: [{ start() {}, log() {}, finish() {}, image: async (n, k, p) => (put(name, p), "f") }], checkpoints: { save: async (r) => `${r}` } });
  if (name === "mnist") put("mnist-real", pictureOf(data.train.batch({ seed: 0, position: 0 }, 64).x));
  console.log(name, r.seconds);
}
