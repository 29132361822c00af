/** @file Every fault of the chaos proxy and five kills of the server: no point is lost, no run is there twice. */
import { describe, expect, it, onTestFinished } from "vitest";
import { collect, MlflowApiError, MlflowClient, MlflowConnectionError, type MetricInput } from "mlflow-js-client";
import { FAULTS, startChaosProxy, type ChaosProxy, type Fault } from "../support/chaos-proxy.js";
import { mlflowMissing, useServer, VERSIONS } from "./support.js";

const points = (from: number, to: number): MetricInput[] =>
  Array.from({ length: to - from }, (_, i) => ({
    key: "loss",
    value: i % 10 === 0 ? Number.NaN : from + i,
    step: from + i,
    timestamp: 1,
  }));

/** A page that is none of MLflow's is not repeated by the client: it would hide a wrong address. */
const REPEATED: readonly Fault[] = FAULTS.filter((fault) => fault !== "html-404");

describe.skipIf(mlflowMissing()).each(VERSIONS)("MLflow $version behind a bad network", (version) => {
  const server = useServer(version);
  const behindProxy = async (decide: ChaosProxy["decide"]) => {
    const proxy = await startChaosProxy({ target: server.url, hangMs: 3000, decide });
    const retry = { baseDelayMs: 20, jitterMs: 20, maxDelayMs: 500, deadlineMs: 60_000 };
    const client = new MlflowClient({ trackingUri: proxy.url, timeoutMs: 2500, retry });
    onTestFinished(async () => {
      client.close();
      await proxy.close();
    });
    return { proxy, client };
  };

  it.each(REPEATED)("%s: batches, tags, searches and uploads come through, each point once", async (fault) => {
    // Every other request of each kind fails once.
    const failed = new Set<string>();
    const { proxy, client } = await behindProxy(({ path }) => {
      const kind = path.replace(/[?].*/u, "");
      if (failed.has(kind) || kind.endsWith("create")) return undefined;
      failed.add(kind);
      return fault;
    });
    const { info } = await client.runs.createOnce({ experimentId: "0", uid: `fault ${fault}` });
    await client.runs.logBatch(info.runId, { metrics: points(0, 1500), tags: { a: 1 } });
    await client.runs.setTag(info.runId, "b", "2");
    await client.artifacts.upload(
      { runId: info.runId },
      "a/b.bin",
      { bytes: Buffer.alloc(300_000, 7) },
      { verify: true },
    );
    const history = await collect(client.metrics.history(info.runId, "loss"));
    expect(history).toEqual(points(0, 1500));
    expect(
      Buffer.from(await client.artifacts.read({ runId: info.runId }, "a/b.bin")).equals(Buffer.alloc(300_000, 7)),
    ).toBe(true);
    const { tags } = await client.runs.get(info.runId);
    expect([tags["a"], tags["b"]]).toEqual(["1", "2"]);
    expect(proxy.requests.filter((request) => request.fault === fault).length).toBeGreaterThanOrEqual(6);
  });

  it.each(REPEATED)("%s while a run is made: there is one run", async (fault) => {
    let left = 1;
    const { client } = await behindProxy(({ path }) =>
      path.endsWith("runs/create") && left-- > 0 ? fault : undefined,
    );
    const unique = { experimentId: "0", uid: `create ${fault}` };
    const { info } = await client.runs.createOnce(unique);
    expect((await client.runs.findByUid(unique)).map((run) => run.info.runId)).toEqual([info.runId]);
  });

  it("html-404: one clear error at once, and nothing of the page's markup in it", async () => {
    const { proxy, client } = await behindProxy(() => "html-404");
    const failed = client.runs.get("abc");
    await expect(failed).rejects.toThrow(
      '[mlflow runs/get] expected MLflow\'s JSON, got a page with status 404 ("404 Not Found nginx")',
    );
    await expect(failed).rejects.toSatisfy(
      (error) => error instanceof MlflowApiError && error.errorCode === "UNKNOWN" && error.transient,
    );
    expect(proxy.requests).toHaveLength(1);
  });

  it("429 with Retry-After is waited for", async () => {
    const { client } = await behindProxy(({ number }) => (number === 0 ? "429" : undefined));
    const begin = performance.now();
    await client.experiments.get("0");
    expect(performance.now() - begin).toBeGreaterThanOrEqual(1000);
    expect(performance.now() - begin).toBeLessThan(10_000);
  });

  it("gives up at the deadline, at the last retry, or when told to", async () => {
    const { proxy, client } = await behindProxy(({ path }) => (path.includes("runs") ? "hang" : "503"));
    const begin = performance.now();
    await expect(client.runs.get("abc", { deadlineMs: 700 })).rejects.toThrow(/no answer within 0\.7 s/u);
    expect(performance.now() - begin).toBeLessThan(5000);
    await expect(client.experiments.get("0", { retries: 2 })).rejects.toThrow("a page with status 503");
    expect(proxy.requests.filter(({ fault }) => fault === "503")).toHaveLength(3);
    const signal = AbortSignal.timeout(200);
    await expect(client.runs.get("abc", { signal })).rejects.toSatisfy((error) => error === signal.reason);
  });

  it("five kills of the server while four writers write: nothing is lost, nothing is there twice, no NaN is 0", async () => {
    const { proxy, client } = await behindProxy(() => undefined);
    const slow = { deadlineMs: 240_000, retries: 500 };
    const ids = await Promise.all(
      [0, 1, 2, 3].map(async (writer) => {
        const { info } = await client.runs.createOnce({ experimentId: "0", uid: `writer ${writer}` }, slow);
        return info.runId;
      }),
    );
    const killer = { done: false };
    const written = new Map<string, number>();
    const writers = ids.map(async (runId) => {
      for (let from = 0; from < 20_000 && (!killer.done || from < 4000); from += 200) {
        await client.runs.logBatch(runId, { metrics: points(from, from + 200) }, slow);
        written.set(runId, from + 200);
      }
    });
    for (let kill = 0; kill < 5; kill++) {
      await new Promise((resolve) => void setTimeout(resolve, 400));
      await server.server.kill();
      await server.restart();
      proxy.target = server.url;
    }
    killer.done = true;
    await Promise.all(writers);
    for (const runId of ids) {
      const expected = points(0, written.get(runId) ?? -1);
      const history = await collect(client.metrics.history(runId, "loss"));
      expect(history.sort((a, b) => a.step - b.step)).toEqual(expected);
    }
    expect(proxy.requests.length).toBeGreaterThan(80);
  });

  it("a server that is not there is one sentence", async () => {
    const client = new MlflowClient({ trackingUri: "http://127.0.0.1:9" });
    const failed = client.serverVersion({ retries: 0 });
    await expect(failed).rejects.toThrow(
      "[mlflow version] cannot reach the server (connect ECONNREFUSED 127.0.0.1:9); check that it runs",
    );
    await expect(failed).rejects.toSatisfy(
      (error) => error instanceof MlflowConnectionError && error.transient && !error.ambiguous,
    );
  });
});
