/** @file What the command leaves on a real server, live or later, killed or not: always the same. Needs a build. */
import { join } from "node:path";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { stream } from "@gan-arena/core/base";
import { startChaosProxy, FAULTS } from "../support/chaos-proxy.js";
import { arena, arenaJson, COMMAND, start, suiteFolder, temporaryFolder, TINY } from "../support/command.js";
import { ROOT } from "../support/repository.js";
import { moveAside, serverState, type RunState, type ServerState } from "./server-state.js";
import { bits, mlflowMissing, useServer, VERSIONS } from "./support.js";

interface Tracked {
  readonly tracking: { readonly complete: boolean; readonly url: string; readonly problem: string | null };
}

describe.skipIf(mlflowMissing()).each(VERSIONS)("the store on MLflow $version", (version) => {
  const server = useServer(version);
  const home = suiteFolder();
  const experiments: string[] = [];
  let comparison = "";
  let tracking: Tracked["tracking"] | undefined;
  let unbounded = "";
  let live: ServerState = {};

  beforeAll(async () => {
    const words = ["compare", "--variants", "gan,lsgan", "--dataset", "ring", "--seeds", "0,1", ...TINY];
    const document = await arenaJson<Tracked & { comparison: string }>([
      ...words,
      "--home",
      home,
      "--mlflow",
      server.url,
    ]);
    ({ comparison, tracking } = document);
    const train = async (plugin: string, ...more: string[]) => {
      const file = join(ROOT, "tests", "e2e", "plugins", `${plugin}.js`);
      const words = ["--dataset", "ring", ...TINY.slice(0, 4), "--plugin", file, ...more];
      return await arena(["train", ...words, "--home", home, "--mlflow", server.url, "--json"]);
    };
    const { stdout } = await train("unbounded-metrics", "gan", "--metrics", "is-nan,is-infinite,is-negative");
    unbounded = (JSON.parse(stdout) as { runId: string }).runId;
    await train("odd-variant", "odd", "--set", "fault=term-nan");
    experiments.push(comparison, "gan-arena ring");
    live = serverState(server, experiments);
  });

  const later = async (words: readonly string[] = [], url = server.url) =>
    await arenaJson<{ complete: boolean }>(["sync", ...words, "--home", home, "--mlflow", url]);
  const proxied = async () => {
    const proxy = await startChaosProxy({ target: server.url });
    onTestFinished(() => proxy.close());
    return proxy;
  };

  it("shows a comparison as an experiment with a parent, its note, and a run for each cell", () => {
    expect(tracking).toMatchObject({ complete: true, problem: null });
    const { [comparison]: parent, ...others } = live;
    const cells = Object.values(others).filter((run) => run.parent === `uid:${comparison}`);
    expect(cells.map(({ name }) => name).sort()).toEqual(["gan seed 0", "gan seed 1", "lsgan seed 0", "lsgan seed 1"]);
    expect(new Set([parent, ...cells].map((run) => run?.status))).toEqual(new Set(["FINISHED"]));
    expect(parent?.tags["mlflow.note.content"]).toMatch(/All runs side by side.*\n\n[^]*\| *gan/u);
    expect(Object.keys(parent?.files ?? {})).toEqual(expect.arrayContaining(["report.html", "comparison.json"]));
    for (const cell of cells) {
      expect(cell.params).toMatchObject({ dataset: "ring", "config.hidden": "8", kimg: "0.32", batchSize: "32" });
      expect(cell.tags).toMatchObject({ "gan-arena.group": comparison, budget: "0.32 kimg", status: "finished" });
      expect(cell.metrics["eval/swd-points2k"]?.at(-1)?.[0]).toBe(320);
      const paths = [
        ...Object.keys(cell.files),
        ...cell.models.flatMap((model) => Object.keys((model as RunState).files)),
      ];
      for (const path of [/^run\.json$/u, /^checkpoint\/.*safetensors$/u, /^images\/.*\.png$/u, /model\.onnx$/u])
        expect(paths.some((one) => path.test(one))).toBe(true);
    }
  });

  it("keeps NaN as NaN, and infinities as the greatest numbers", () => {
    const run = live[unbounded];
    expect(run).toMatchObject({ status: "FINISHED", parent: null });
    for (const [metric, value] of [
      ["eval/is-nan", Number.NaN],
      ["eval/is-infinite", Number.MAX_VALUE],
      ["eval/is-negative", -Number.MAX_VALUE],
    ] as const) {
      const values = run?.metrics[metric]?.map(([, , held]) => held) ?? [];
      expect([metric, values.length, [...new Set(values)]]).toEqual([metric, 5, [bits(value)]]);
    }
  });

  it("shows a run that failed, with the reason", () => {
    const failed = Object.values(live).filter(({ status }) => status === "FAILED");
    expect(failed.map(({ name, tags }) => [name, tags["status"]])).toEqual([
      ["odd seed 0", expect.stringMatching(/^failed: .*"D\/distance" must be a finite number, got NaN/u)],
    ]);
  });

  it("an offline store that is sent later leaves the same as one that was followed; sent again, it writes nothing", async () => {
    moveAside(server, experiments);
    await later();
    expect(serverState(server, experiments)).toEqual(live);
    const proxy = await proxied();
    await later([], proxy.url);
    expect(serverState(server, experiments)).toEqual(live);
    const before = proxy.requests.length;
    await later([], proxy.url);
    const writes = proxy.requests
      .slice(before)
      .filter(({ method, path }) => method !== "GET" && !path.includes("search"));
    expect(writes).toEqual([]);
  });

  it("killed at ten points while it sends, it ends the same", async () => {
    moveAside(server, experiments);
    const proxy = await proxied();
    await later([], proxy.url);
    const all = proxy.requests.length;
    moveAside(server, experiments);
    const random = stream(5, "kills");
    let kills = 0;
    for (; kills < 10; kills++) {
      const { child, ended } = start(process.execPath, [COMMAND, "sync", "--home", home, "--mlflow", proxy.url]);
      const share = (random.uniform(kills, new Float32Array(1))[0] ?? 0) / 8;
      const last = proxy.requests.length + 1 + Math.floor(share * all);
      proxy.decide = ({ number }) => {
        if (number === last) child.kill("SIGKILL");
        return undefined;
      };
      if ((await ended).signal === null) break;
    }
    expect(kills).toBe(10);
    proxy.decide = () => undefined;
    await later([], proxy.url);
    expect(serverState(server, experiments)).toEqual(live);
  });

  it("two at once end the same", async () => {
    moveAside(server, experiments);
    const both = await Promise.all([later(), later()]);
    expect(both.map(({ complete }) => complete)).toEqual([true, true]);
    await later();
    expect(serverState(server, experiments)).toEqual(live);
  });

  it("followed through a network that does everything wrong, and five kills of the server: nothing is lost or doubled", async () => {
    const own = temporaryFolder();
    const proxy = await proxied();
    // A hang costs as long as the sender waits, so there is one.
    const quick = FAULTS.filter((fault) => fault !== "hang");
    const faults = new Set<string>();
    proxy.decide = ({ number }) => {
      const fault =
        number === 30 ? "hang" : number % 5 === 2 ? quick[Math.floor(number / 5) % quick.length] : undefined;
      if (fault !== undefined) faults.add(fault);
      return fault;
    };
    const words = ["train", "lsgan", "--dataset", "ring", "--batch", "32", "--set", "hidden=8", "--kimg", "100000"];
    words.push("--log-kimg", "3.2", "--picture-kimg", "160", "--threads", "1", "--home", own, "--mlflow", proxy.url);
    const training = start(process.execPath, [COMMAND, ...words, "--json"]);
    onTestFinished(() => void training.child.kill("SIGKILL"));
    for (let kill = 0; kill < 5; kill++) {
      const before = proxy.requests.length;
      while (proxy.requests.length < before + 8) await new Promise((resolve) => void setTimeout(resolve, 50));
      await server.server.kill();
      await server.restart();
      proxy.target = server.url;
    }
    while (faults.size < FAULTS.length) await new Promise((resolve) => void setTimeout(resolve, 50));
    training.child.kill("SIGINT");
    const { code, stdout } = await training.ended;
    expect(code).toBe(130);
    const { runId } = JSON.parse(stdout) as { runId: string };
    proxy.decide = () => undefined;
    // Whatever the bad network has kept back is sent now.
    await arenaJson(["sync", "--home", own, "--mlflow", proxy.url]);
    const followed = serverState(server, ["gan-arena ring"])[runId];
    moveAside(server, ["gan-arena ring"]);
    await arenaJson(["sync", "--home", own, "--mlflow", server.url]);
    expect(followed).toEqual(serverState(server, ["gan-arena ring"])[runId]);
    expect(followed?.status).toBe("KILLED");
    expect(followed?.metrics["D/adversarial"]?.length).toBeGreaterThan(1000);
  });
});
