/** @file The run that an arena is told to play. */

/** More than a benchmark ever plays. */
const NO_END = 1e9;

/** @param {number} [logKimg] how often terms are logged; default never */
export function runSpec({ played, variant, data, engine, logKimg = 0 }) {
  const options = {
    kimg: NO_END,
    batchSize: played.batchSize,
    logKimg,
    checkpointKimg: 0,
    pictureKimg: 0,
    metricKimg: 0,
  };
  return {
    formatVersion: 1,
    runId: "benchmark",
    variant: variant.name,
    config: variant.config.parse({}),
    dataset: data.train.spec.name,
    datasetConfig: {},
    dataFingerprint: data.train.fingerprint,
    seed: 0,
    options,
    metrics: [],
    engine: engine.info,
    plugins: [],
    createdAt: new Date().toISOString(),
    versions: {},
    machine: {},
  };
}
