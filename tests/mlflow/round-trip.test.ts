/** @file What our client writes, the Python client reads back equal; what the Python client writes, ours reads back equal. */
import { createHash, randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { collect, MlflowApiError, MlflowClient, type Metric, type Run } from "mlflow-js-client";
import { bits, judge, mlflowMissing, useServer, VERSIONS } from "./support.js";

const MAX = Number.MAX_VALUE;
const VALUES = [
  0,
  -1.5,
  0.1,
  5e-324,
  1e300,
  1 / 3,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  2 ** 53 - 1,
];
const PNG = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

/** What the server keeps of a value: it has no infinities. */
const kept = (value: number): number => (value === Infinity ? MAX : value === -Infinity ? -MAX : value);
const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

describe.skipIf(mlflowMissing()).each(VERSIONS)("MLflow $version", (version) => {
  const server = useServer(version);
  let client: MlflowClient;
  let experimentId: string;
  let run: Run;
  beforeAll(async () => {
    client = new MlflowClient({ trackingUri: server.url });
    ({ experimentId } = await client.experiments.ensure({ name: "round trip", tags: { purpose: "tests", ü: "é" } }));
    run = await client.runs.create({ experimentId, name: "eins", startTime: 1_700_000_000_000, tags: { a: 1 } });
  });
  afterAll(() => client.close());

  it("says its version", async () => {
    expect(await client.serverVersion()).toMatch(version.line === 2 ? /^2\.22\./u : /^3\.17\.2$/u);
  });

  it("metrics: every bit, NaN as NaN, infinities as the greatest doubles, steps and times exact", async () => {
    const { runId } = run.info;
    const metrics: Metric[] = VALUES.flatMap((value, i) => [
      { key: "eval/fid: ä", value, step: i - 3, timestamp: 1_700_000_000_000 + i },
      // Same step and time, another value: both are kept.
      { key: "twice", value: i, step: 7, timestamp: 5 },
      { key: "far", value: i, step: 2 ** 53 - 1 - i, timestamp: 0 },
    ]);
    await client.runs.logBatch(runId, { metrics });
    await client.runs.logBatch(runId, { metrics });
    const theirs = judge(
      server,
      `answer = [[m.key, bits(m.value), m.step, m.timestamp] for key in given["keys"] for m in client.get_metric_history(given["run"], key)]`,
      { run: runId, keys: ["eval/fid: ä", "twice", "far"] },
    ) as unknown[];
    const facts = ({ key, value, step, timestamp }: Metric) => [key, bits(kept(value)), step, timestamp];
    const sorted = (rows: unknown[]) => rows.map((row) => JSON.stringify(row)).sort();
    expect(sorted(theirs)).toEqual(sorted(metrics.map(facts)));
    const ours = [];
    for (const key of ["eval/fid: ä", "twice", "far"])
      ours.push(...(await collect(client.metrics.history(runId, key, { pageSize: 3 }))));
    expect(sorted(ours.map(facts))).toEqual(sorted(theirs));
    expect(await collect(client.metrics.history(runId, "absent"))).toEqual([]);
    // The run shows the point with the greatest step.
    expect((await client.runs.get(runId)).metrics.find(({ key }) => key === "far")?.step).toBe(2 ** 53 - 1);
  });

  it("params and tags: any text; params beyond 6000 and tags beyond 8000 characters are artifacts, byte for byte", async () => {
    const { runId } = run.info;
    const long = "zeile 😀\n".repeat(1000);
    const params = { "opt/lr": 2e-4, empty: "", text: 'a "b"\n\\ 😀 ä', exact: "é".repeat(6000), flag: true, long };
    const tags = { note: "# markdown\n| a | b |", "ns.key": "x", long: `${long}!` };
    await client.runs.logBatch(runId, { params, tags });
    const theirs = judge(
      server,
      `data = client.get_run(given).data
read = lambda path: open(mlflow.artifacts.download_artifacts(run_id=given, artifact_path=path), encoding="utf8", newline="").read()
answer = {"params": data.params, "tags": data.tags, "files": {p: read(p) for p in ["params/long.txt", "tags/long.txt"]}}`,
      runId,
    ) as Record<"params" | "tags" | "files", Record<string, string>>;
    const { long: longParam, ...short } = theirs.params;
    expect(short).toEqual({ "opt/lr": "0.0002", empty: "", text: params.text, exact: params.exact, flag: "true" });
    const hash = sha256(Buffer.from(long)).slice(0, 16);
    expect(longParam).toContain(`(${1000 * 8} characters, sha256 ${hash}, artifact params/long.txt)`);
    expect(theirs.files).toEqual({ "params/long.txt": long, "tags/long.txt": `${long}!` });
    expect(theirs.tags).toMatchObject({ a: "1", note: tags.note, "ns.key": "x" });
    const ours = await client.runs.get(runId);
    expect([ours.params, ours.tags]).toEqual([theirs.params, theirs.tags]);
  });

  it("a changed param is refused by the server, with its code", async () => {
    const changing = client.runs.logParam(run.info.runId, "opt/lr", 1);
    await expect(changing).rejects.toThrow(
      /^\[mlflow runs\/log-batch\] the server answered 400 INVALID_PARAMETER_VALUE: Changing/u,
    );
    await expect(changing).rejects.toSatisfy(
      (error) => error instanceof MlflowApiError && !error.transient && !error.ambiguous,
    );
  });

  it("2500 metrics, 250 params and 250 tags arrive in order, in four requests", async () => {
    const { info } = await client.runs.create({ experimentId, name: "many" });
    const list = (name: string) => Array.from({ length: 250 }, (_, i) => ({ key: `${name}${i}`, value: i }));
    const metrics = Array.from({ length: 2500 }, (_, step) => ({ key: "loss", value: step / 7, step, timestamp: 1 }));
    const requests: number[] = [];
    const batch = { metrics, params: list("p"), tags: list("t") };
    await client.runs.logBatch(info.runId, batch, { onProgress: (entities) => requests.push(entities) });
    // 100 params; 100 params; 50 params + 100 tags; 100 tags; 50 tags + 950 metrics; 1000; 550
    expect(requests).toEqual([100, 100, 150, 100, 1000, 1000, 550]);
    const ours = await collect(client.metrics.history(info.runId, "loss"));
    expect(ours).toEqual(metrics);
    const { params, tags } = await client.runs.get(info.runId);
    expect([Object.keys(params).length, Object.keys(tags).filter((key) => /^t\d/u.test(key)).length]).toEqual([
      250, 250,
    ]);
  });

  it("nested runs, status, names, deletion and search", async () => {
    const { runId: parent } = run.info;
    for (const lr of [1, 2, 3])
      await client.runs.create({ experimentId, name: `trial ${lr}`, parentRunId: parent, tags: { lr }, startTime: lr });
    const filter = `tags.mlflow.parentRunId = '${parent}'`;
    const orderBy = ["attributes.start_time DESC"];
    const found = await collect(client.runs.search({ experimentIds: [experimentId], filter, orderBy, pageSize: 2 }));
    expect(found.map(({ info }) => info.runName)).toEqual(["trial 3", "trial 2", "trial 1"]);
    const child = found[0]?.info.runId ?? "";
    await client.runs.update(child, { status: "FAILED", endTime: 99, name: "renamed" });
    const script = `info = client.get_run(given).info
answer = [info.status, info.end_time, info.start_time, info.run_name, info.lifecycle_stage]`;
    expect(judge(server, script, child)).toEqual(["FAILED", 99, 3, "renamed", "active"]);
    await client.runs.delete(child);
    await expect(client.runs.logMetric(child, { key: "a", value: 1 })).rejects.toThrow("400 INVALID_PARAMETER_VALUE");
    await client.runs.restore(child);
    await client.runs.setTag(child, "again", "yes");
    await client.runs.deleteTag(child, "lr");
    const { tags } = await client.runs.get(child);
    expect([tags["again"], tags["lr"]]).toEqual(["yes", undefined]);
  });

  it("createOnce makes one run however often it is called, and keeps one of several", async () => {
    const unique = { experimentId, uid: "it's-1", name: "once" };
    const first = await client.runs.createOnce(unique);
    const again = await Promise.all([client.runs.createOnce(unique), client.runs.createOnce(unique)]);
    expect(again.map(({ info }) => info.runId)).toEqual([first.info.runId, first.info.runId]);
    // As a request that arrived late would have made it.
    const startTime = (first.info.startTime ?? 0) + 1;
    await client.runs.create({ experimentId, startTime, tags: { "mlflow-js-client.uid": "it's-1" } });
    expect((await client.runs.createOnce(unique)).info.runId).toBe(first.info.runId);
    expect(await client.runs.findByUid(unique)).toHaveLength(1);
  });

  it("artifacts: bytes, text, files of 5 MiB and folders come back equal; names with spaces and accents", async () => {
    const owner = { runId: run.info.runId };
    const big = randomBytes(5 * 2 ** 20 + 1);
    const file = join(server.folder, "big.bin");
    writeFileSync(file, big);
    await client.artifacts.upload(owner, "models/big é +.bin", { file }, { verify: true });
    await client.artifacts.upload(owner, "empty.txt", { text: "" }, { verify: true });
    const digest = `import hashlib
answer = hashlib.sha256(open(mlflow.artifacts.download_artifacts(run_id=given, artifact_path="models/big é +.bin"), "rb").read()).hexdigest()`;
    expect(judge(server, digest, run.info.runId)).toBe(sha256(big));
    const copy = join(server.folder, "copy", "big.bin");
    await client.artifacts.download(owner, "models/big é +.bin", copy);
    expect(sha256(readFileSync(copy))).toBe(sha256(big));
    expect(await client.artifacts.read(owner, "empty.txt")).toHaveLength(0);
    const paths = (await collect(client.artifacts.walk(owner))).map(({ path, size }) => `${path} ${size}`);
    expect(paths).toEqual(expect.arrayContaining(["empty.txt 0", `models/big é +.bin ${big.byteLength}`]));
    await client.artifacts.remove(owner, "empty.txt");
    // 2.22 answers 500 to a file that is not there.
    const gone = client.artifacts.read(owner, "empty.txt", { retries: 0 });
    await expect(gone).rejects.toThrow(/artifact empty\.txt\] .*(?:404|500)/u);
    const short = {
      open: async function* () {
        yield big.subarray(0, 10);
      },
      size: 11,
    };
    await expect(client.artifacts.upload(owner, "short.bin", short)).rejects.toThrow("must have 11 bytes, got 10");
    expect((await client.artifacts.list(owner)).map(({ path }) => path)).not.toContain("short.bin");
  });

  it("images have the names and the tag of the Python client's own", async () => {
    const { info } = await client.runs.create({ experimentId, name: "images" });
    for (const step of [0, 1000])
      await client.images.log(info.runId, { key: "samples/grid", step, timestamp: 5 + step, image: PNG });
    expect((await client.runs.get(info.runId)).tags["mlflow.loggedImages"]).toBe("true");
    const script = `import numpy as np
client.log_image(given, np.zeros((4, 4, 3), dtype=np.uint8), key="samples-theirs", step=3, timestamp=9)
files = [f.path for f in client.list_artifacts(given, "images")]
answer = {"files": files, "tag": client.get_run(given).data.tags.get("mlflow.loggedImages")}`;
    const { files, tag } = judge(server, script, info.runId) as { files: string[]; tag: string };
    const shapeOf = (path: string) => path.replace(/[0-9a-z]{8}-[0-9a-f-]{27}/u, "<uuid>").replaceAll("%", "+");
    // The Python client, which came last, writes True.
    expect(tag).toBe("True");
    const shapes = files.map(shapeOf).sort();
    expect(shapes).toEqual(
      [
        "images/samples-theirs+step+3+timestamp+9+<uuid>+compressed.webp",
        "images/samples-theirs+step+3+timestamp+9+<uuid>.png",
        "images/samples~grid+step+0+timestamp+5+<uuid>+compressed.png",
        "images/samples~grid+step+0+timestamp+5+<uuid>.png",
        "images/samples~grid+step+1000+timestamp+1005+<uuid>+compressed.png",
        "images/samples~grid+step+1000+timestamp+1005+<uuid>.png",
      ].sort(),
    );
    const images = await client.images.list(info.runId);
    expect(images.map(({ key, step, timestamp }) => [key, step, timestamp])).toEqual([
      ["samples-theirs", 3, 9],
      ["samples/grid", 0, 5],
      ["samples/grid", 1000, 1005],
    ]);
    const bytes = await client.artifacts.read({ runId: info.runId }, images[1]?.path ?? "");
    expect(sha256(bytes)).toBe(sha256(PNG));
  });

  it("data sets", async () => {
    const dataset = {
      name: "mnist",
      digest: "abc123",
      sourceType: "local",
      source: '{"uri":"x"}',
      schema: "{}",
      profile: '{"n":3}',
    };
    await client.runs.logInputs(run.info.runId, [{ dataset, context: "training", tags: { split: "train" } }]);
    const script = `i = client.get_run(given).inputs.dataset_inputs[0]
answer = [i.dataset.to_dictionary(), sorted([t.key, t.value] for t in i.tags)]`;
    const { sourceType: source_type, ...same } = dataset;
    const tags = [
      ["mlflow.data.context", "training"],
      ["split", "train"],
    ];
    expect(judge(server, script, run.info.runId)).toEqual([{ ...same, source_type }, tags]);
    expect((await client.runs.get(run.info.runId)).datasets).toEqual([
      { dataset, context: "training", tags: { split: "train" } },
    ]);
  });

  it("experiments: deleted ones are named, restored on demand, and made once by many", async () => {
    const made = await Promise.all(Array.from({ length: 6 }, () => client.experiments.ensure({ name: "race" })));
    expect(new Set(made.map((experiment) => experiment.experimentId)).size).toBe(1);
    const id = made[0]?.experimentId ?? "";
    await client.experiments.delete(id);
    await expect(client.experiments.ensure({ name: "race" })).rejects.toThrow(
      'experiment "race" must be active, got deleted',
    );
    await expect(client.runs.create({ experimentId: id })).rejects.toThrow("must be in the 'active' state");
    expect((await client.experiments.ensure({ name: "race" }, { restoreDeleted: true })).lifecycleStage).toBe("active");
    await client.experiments.rename(id, "race 2");
    await client.experiments.setTag(id, "mlflow.note.content", "# note");
    const script = `e = client.get_experiment(given)
answer = [e.name, e.tags["mlflow.note.content"]]`;
    expect(judge(server, script, id)).toEqual(["race 2", "# note"]);
    const all = await collect(client.experiments.search({ pageSize: 1, orderBy: ["name ASC"] }));
    expect(all.map(({ name }) => name)).toEqual(["Default", "race 2", "round trip"]);
  });

  it("registered models, versions and aliases", async () => {
    const { runId, artifactUri } = run.info;
    await client.artifacts.upload({ runId }, "G/G.onnx", { text: "weights" });
    await client.registeredModels.create({ name: "G", description: "generator", tags: { kind: "gan" } });
    const { version: first } = await client.modelVersions.create({
      name: "G",
      source: `${artifactUri}/G`,
      runId,
      tags: { q: 1 },
    });
    await client.modelVersions.create({ name: "G", source: `${artifactUri}/G`, runId });
    await client.registeredModels.setAlias("G", "champion", first);
    await client.modelVersions.describe("G", "2", "second");
    const script = `m = client.get_registered_model("G")
v = [[v.version, v.description or "", v.run_id, v.tags, v.source] for v in sorted(client.search_model_versions("name='G'"), key=lambda v: int(v.version))]
answer = [m.description, m.tags, {k: str(a) for k, a in m.aliases.items()}, [[str(a[0])] + a[1:] for a in v]]`;
    const source = `${artifactUri}/G`;
    expect(judge(server, script, null)).toEqual([
      "generator",
      { kind: "gan" },
      { champion: "1" },
      [
        ["1", "", runId, { q: "1" }, source],
        ["2", "second", runId, {}, source],
      ],
    ]);
    expect((await client.registeredModels.getByAlias("G", "champion")).version).toBe("1");
    expect(await client.modelVersions.downloadUri("G", "2")).toBe(source);
    await client.registeredModels.delete("G");
    expect(await collect(client.registeredModels.search())).toEqual([]);
  });

  it.runIf(version.line === 3)("logged models with files and metrics", async () => {
    const { runId } = run.info;
    const made = await client.loggedModels.create({
      experimentId,
      name: "G",
      modelType: "generator",
      sourceRunId: runId,
      params: { zDim: 64 },
    });
    const { modelId } = made;
    expect(made.status).toBe("PENDING");
    await client.artifacts.upload({ modelId }, "G.onnx", { text: "weights" }, { verify: true });
    await client.runs.logOutputs(runId, [{ modelId, step: 3 }]);
    await client.runs.logMetric(runId, {
      key: "fid",
      value: 3.5,
      step: 3,
      modelId,
      datasetName: "mnist",
      datasetDigest: "abc123",
    });
    expect((await client.loggedModels.finalize(modelId)).status).toBe("READY");
    await client.loggedModels.setTags(modelId, { stage: "best" });
    const script = `m = client.get_logged_model(given["model"])
answer = [m.name, m.model_type, m.source_run_id, m.params, m.tags.get("stage"), str(m.status), [[x.key, x.value, x.step, x.dataset_name] for x in m.metrics],
  [o.model_id for o in client.get_run(given["run"]).outputs.model_outputs], open(mlflow.artifacts.download_artifacts(artifact_uri=m.artifact_location + "/G.onnx")).read()]`;
    const theirs = judge(server, script, { model: modelId, run: runId });
    expect(theirs).toEqual([
      "G",
      "generator",
      runId,
      { zDim: "64" },
      "best",
      "READY",
      [["fid", 3.5, 3, "mnist"]],
      [modelId],
      "weights",
    ]);
    expect(
      (await collect(client.loggedModels.search({ experimentIds: [experimentId] }))).map((model) => model.modelId),
    ).toEqual([modelId]);
  });

  it.runIf(version.line === 2)("calls that are too new end in a clear error", async () => {
    await expect(client.loggedModels.create({ experimentId })).rejects.toThrow(
      "check the address, and that the server is new enough",
    );
  });
});
