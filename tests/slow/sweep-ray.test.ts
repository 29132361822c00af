/** @file Sweeps on a real Ray cluster of one machine: pruned, killed on both sides, and ranked as on this machine alone. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { arena, arenaJson, COMMAND, start, suiteFolder } from "../support/command.js";
import { ROOT } from "../support/repository.js";
import { pythonMissing } from "../support/python.js";
import { startRay, type Cluster } from "../support/ray.js";

interface Sweep {
  readonly sweep: string;
  readonly ranking: readonly number[];
  readonly counts: Readonly<Record<string, number>>;
  readonly trials: readonly { readonly number: number; readonly state: string; readonly values: readonly number[] }[];
}

const missing = pythonMissing() ?? (process.platform === "win32" ? "Ray's head needs Linux or macOS" : undefined);

/**
 * Eight trials of a few seconds. A rate that is far too small has moved few points by 160 kimg: it is pruned there, at a
 * distance of 0.5 or more; with a rate of use the distance is 0.25. Both are far from UPPER, so that which trials are pruned
 * does not hang on the last bits, which differ from one kind of processor to another.
 */
const UPPER = 0.4;
const WARMUP = 100;
const KIMG = 400;
const spec = (executor: string) => `method: random
seed: 3
metric: { name: swd-points2k }
variants: [gan]
spaces:
  gan:
    lr: { distribution: log_uniform_values, min: 1.0e-5, max: 1.0e-2 }
    loss: { values: [nonSaturating, minimax] }
early_terminate: { type: threshold, upper: ${UPPER}, warmup: ${WARMUP} }
dataset: ring
budget: { kimg: ${KIMG} }
run_cap: 8
threads: 1
workers: 2
executor: ${executor}
`;

/** Trials from this one on wait for the kill of the runner. */
const HELD = 6;
const PLAYER = join(ROOT, "tests", "support", "ray-player.js");

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

interface Report {
  readonly kind: string;
  readonly trial: number;
  readonly step: number;
  readonly value: number;
}

/** What a trial of the only sweep of a home reported on its way, oldest first. */
function reportsOf(home: string, trial: number): Report[] {
  const [id = ""] = readdirSync(join(home, "sweeps"));
  const lines = readFileSync(join(home, "sweeps", id, "journal.jsonl"), "utf8")
    .trim()
    .split("\n");
  return lines
    .map((line) => JSON.parse(line) as Report)
    .filter((record) => record.kind === "report" && record.trial === trial);
}

/** Not by fetch: Ray takes a POST of it for one of a browser. */
const call = (url: string, method = "GET", body = ""): Promise<string> =>
  new Promise((resolve, reject) => {
    const outgoing = request(url, { method }, (incoming) => {
      let text = "";
      incoming.setEncoding("utf8").on("data", (chunk: string) => void (text += chunk));
      incoming.on("end", () => resolve(text));
    });
    outgoing.on("error", reject);
    outgoing.end(body);
  });

describe.skipIf(missing !== undefined)(`a Ray cluster${missing === undefined ? "" : ` (skipped: ${missing})`}`, () => {
  const folder = suiteFolder();
  const command = `${process.execPath} ${COMMAND}`;
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await startRay(2);
  });
  afterAll(() => cluster?.stop());

  const write = (name: string, executor: string): string => {
    const file = join(folder, name);
    writeFileSync(file, spec(executor));
    return file;
  };
  const onRay = (more = "") => `{ type: ray, address: "${cluster.address}", command: "${command}"${more} }`;

  it("8 trials with pruning, the runner killed once and a job once: the same ranking as on this machine", async () => {
    const local = await arenaJson<Sweep>(["sweep", write("local.yaml", "local"), "--home", join(folder, "local")]);
    expect(local.counts).toMatchObject({ open: 0, failed: 0 });
    expect(local.counts["pruned"]).toBeGreaterThan(0);
    expect(local.counts["complete"]).toBeGreaterThan(1);
    // A trial is pruned at its first value that is too large, whether or not the stop came before the end of its run.
    for (const { number, state, values } of local.trials) {
      const reports = reportsOf(join(folder, "local"), number);
      const due = reports.filter(({ step }) => step >= WARMUP && step < KIMG);
      const bad = due.find(({ value }) => value > UPPER);
      const expected = bad ? { state: "pruned", values: [bad.value] } : { state: "complete" };
      expect({ state, values }).toMatchObject(expected);
      expect(reports.at(-1)?.step).toBe(bad?.step ?? KIMG);
    }

    // The first job of a trial that is not pruned dies in the middle of its training, and the last trials wait until the
    // runner has been killed: it cannot be done before that.
    const victim = local.trials.find(({ state }) => state === "complete")?.number ?? -1;
    expect(victim).toBeLessThan(HELD);
    const player = [process.execPath, PLAYER, folder, victim, HELD, COMMAND].join(" ");
    const home = join(folder, "ray");
    const file = write("ray.yaml", onRay().replace(command, player));
    const { child, ended } = start(process.execPath, [COMMAND, "sweep", file, "--home", home]);
    const journal = () => {
      const [id = ""] = existsSync(join(home, "sweeps")) ? readdirSync(join(home, "sweeps")) : [];
      const file = join(home, "sweeps", id, "journal.jsonl");
      return id !== "" && existsSync(file) ? readFileSync(file, "utf8") : "";
    };
    const until = async (condition: () => boolean) => {
      while (!condition()) await pause(20);
    };
    // The runner dies when two trials are over and the job has crashed, with other jobs under way.
    await until(() => journal().includes('"kind":"crash"') && journal().split('"kind":"end"').length > 2);
    child.kill("SIGKILL");
    expect((await ended).signal).toBe("SIGKILL");
    writeFileSync(join(folder, "go"), "");

    const [id = ""] = readdirSync(join(home, "sweeps"));
    const remote = await arenaJson<Sweep>(["sweep", "resume", id, "--home", home]);
    expect(remote.ranking).toEqual(local.ranking);
    expect(remote.trials.map(({ number, state, values }) => ({ number, state, values }))).toEqual(
      local.trials.map(({ number, state, values }) => ({ number, state, values })),
    );
    // Jobs that were under way when the runner died were found again, not begun anew: one job each, and one more for the crash.
    const jobs = JSON.parse(await call(`${cluster.address}/api/jobs/`)) as readonly { submission_id?: string }[];
    const names = jobs.flatMap(({ submission_id: name }) => (name?.startsWith(id) ? [name.slice(id.length)] : []));
    const firsts = local.trials.map(({ number }) => `-t000${number}-s0-a0`);
    expect(names.sort()).toEqual([...firsts, `-t000${victim}-s0-a1`].sort());
  });

  it("machines without Node: one sentence, and a sweep that can be resumed", async () => {
    const home = join(folder, "no-node");
    const bad = onRay().replace(command, "no-such-node gan-arena");
    const { code, stderr } = await arena(["sweep", write("no-node.yaml", bad), "--trials", "1", "--home", home]);
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /error: \[ray\] the machines or the image of the cluster cannot run "no-such-node gan-arena"/u,
    );
    expect(stderr).toMatch(/the sweep can be resumed/u);
    const [id = ""] = readdirSync(join(home, "sweeps"));
    const document = await arenaJson<Sweep>(["sweep", "resume", id, "--executor", "local", "--home", home]);
    expect(document.counts).toMatchObject({ open: 0, failed: 0 });
  });

  it("a full cluster is waited for, and that is said; the sweep goes on when there is room", async () => {
    // The cluster's figures are some seconds old: first none of its CPUs is used, then both.
    const used = async (cpus: string) => {
      while (!(await call(`${cluster.address}/api/cluster_status`)).includes(`"CPU": [${cpus}, 2.0]`)) await pause(200);
    };
    await used("0.0");
    const body = JSON.stringify({ entrypoint: "sleep 600", submission_id: "somebody-else", entrypoint_num_cpus: 2 });
    await call(`${cluster.address}/api/jobs/`, "POST", body);
    await used("2.0");
    const home = join(folder, "full");
    const words = ["sweep", write("full.yaml", onRay()), "--trials", "1", "--json", "--home", home];
    const { child, ended } = start(process.execPath, [COMMAND, ...words]);
    let said = "";
    child.stderr?.on("data", (text: string) => void (said += text));
    while (!said.includes("is full: 2 CPUs are used by others; trials start when some get free")) await pause(50);
    await call(`${cluster.address}/api/jobs/somebody-else/stop`, "POST");
    const { code, stdout } = await ended;
    expect(code).toBe(0);
    expect((JSON.parse(stdout) as Sweep).counts).toMatchObject({ open: 0, failed: 0 });
  });

  it("a trial that no machine can hold is refused before it waits for ever", async () => {
    const { code, stderr } = await arena([
      "sweep",
      write("big.yaml", onRay(", cpus: 64")),
      "--home",
      join(folder, "big"),
    ]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/a trial needs 64 CPU, and no node of the cluster at \S+ has more than 2/u);
  });

  it("no cluster: one sentence", async () => {
    const file = write("nobody.yaml", '{ type: ray, address: "http://127.0.0.1:1" }');
    const { code, stderr } = await arena(["sweep", file, "--home", join(folder, "nobody")]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/error: \[ray\] the cluster at http:\/\/127\.0\.0\.1:1 cannot be reached \(ECONNREFUSED\)/u);
  });
});

describe.skipIf(missing !== undefined)("a Ray cluster that asks for a token", () => {
  const folder = suiteFolder();
  let cluster: Cluster;
  const token = "a-token-of-the-tests-0123456789";
  beforeAll(async () => {
    cluster = await startRay(1, { RAY_AUTH_MODE: "token", RAY_AUTH_TOKEN: token });
  });
  afterAll(() => cluster?.stop());

  it("rejects none and a wrong one with one sentence, and plays with the right one", async () => {
    const file = join(folder, "token.yaml");
    writeFileSync(
      file,
      spec(`{ type: ray, address: "${cluster.address}", command: "${process.execPath} ${COMMAND}" }`),
    );
    const words = ["sweep", file, "--trials", "1", "--home", folder];
    const without = await arena(words, { env: { RAY_AUTH_TOKEN: "" } });
    expect(without.code).toBe(2);
    expect(without.stderr).toMatch(/error: \[ray\] the cluster at \S+ asks for a token; set RAY_AUTH_TOKEN/u);
    const wrong = await arena(words, { env: { RAY_AUTH_TOKEN: "something-else-of-that-length-00" } });
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toMatch(
      /rejects the token; set RAY_AUTH_TOKEN to the cluster's token; the sweep can be resumed/u,
    );
    expect(wrong.stderr).not.toContain("something-else");
    const [id = ""] = readdirSync(join(folder, "sweeps"));
    const document = await arenaJson<Sweep>(["sweep", "resume", id, "--home", folder], {
      env: { RAY_AUTH_TOKEN: token },
    });
    expect(document.counts).toMatchObject({ open: 0, failed: 0 });
  });
});
