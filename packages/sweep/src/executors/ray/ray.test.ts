/** @file The executor `ray` against a dashboard that answers as Ray 2.60 does; the real one is met in tests/slow. */
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import type { ExecutorContext, JobMessage, TrialJob } from "../contract.js";
import { rayExecutor } from "./executor.js";
import { LogReader } from "./output.js";
import { readRaySettings } from "./settings.js";

interface Job {
  status: string;
  logs: string;
  exitCode?: number;
  errorType?: string;
  message?: string;
  submission: Record<string, unknown>;
}

/** A dashboard: jobs stay as they are until a test changes them. */
class Dashboard {
  readonly jobs = new Map<string, Job>();
  usedCpus = 0;
  totalCpus = 4;
  token: string | undefined;
  /** Answers with this status whatever is asked. */
  broken: number | undefined;
  authorizations: (string | undefined)[] = [];
  private server: Server | undefined;
  private port = 0;

  get address(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async up(): Promise<void> {
    this.server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const [status, body] = this.answer(request, Buffer.concat(chunks).toString());
        response.writeHead(status, { connection: "close" });
        response.end(typeof body === "string" ? body : JSON.stringify(body));
      });
    });
    await new Promise<void>((resolve) => this.server?.listen(this.port, "127.0.0.1", resolve));
    this.port = (this.server.address() as AddressInfo).port;
  }

  async down(): Promise<void> {
    this.server?.closeAllConnections();
    await new Promise((resolve) => (this.server?.listening ? this.server.close(resolve) : resolve(undefined)));
  }

  private answer({ method, url = "", headers }: IncomingMessage, body: string): [number, unknown] {
    this.authorizations.push(headers.authorization);
    if (this.broken !== undefined) return [this.broken, "broken"];
    if (this.token !== undefined && headers.authorization !== `Bearer ${this.token}`) return [401, "Unauthorized"];
    if (url === "/api/version") return [200, { version: "4", ray_version: "2.60.0" }];
    if (url === "/api/cluster_status") {
      const usage = { CPU: [this.usedCpus, this.totalCpus] };
      const report = { usage, nodeTypes: [[{ CPU: this.totalCpus, GPU: 4, memory: 2 ** 34 }, 1]] };
      return [200, { data: { clusterStatus: { loadMetricsReport: report } } }];
    }
    if (method === "GET" && url === "/api/jobs/")
      return [
        200,
        [...this.jobs].map(([id, { status, submission }]) => ({ ...submission, status, submission_id: id })),
      ];
    if (method === "POST" && url === "/api/jobs/") {
      const submission = JSON.parse(body) as Record<string, unknown>;
      const id = String(submission["submission_id"]);
      if (this.jobs.has(id)) return [500, `ValueError: Job with submission_id ${id} already exists.`];
      this.jobs.set(id, { status: "PENDING", logs: "", submission });
      return [200, { submission_id: id }];
    }
    const [, name = "", action = ""] = /^\/api\/jobs\/([^/]+)(?:\/(\w+))?$/u.exec(url) ?? [];
    const job = this.jobs.get(decodeURIComponent(name));
    if (!job) return [404, `Job ${name} does not exist`];
    if (action === "logs") return [200, { logs: job.logs }];
    if (action === "stop") {
      job.status = "STOPPED";
      return [200, { stopped: true }];
    }
    const { status, exitCode, errorType, message } = job;
    return [200, { status, driver_exit_code: exitCode ?? null, error_type: errorType ?? null, message: message ?? "" }];
  }
}

let dashboard = new Dashboard();
const notes: string[] = [];
afterEach(async () => {
  await dashboard.down();
  dashboard = new Dashboard();
  notes.length = 0;
});

const context = (settings: Record<string, unknown> = {}, env: Record<string, string> = {}): ExecutorContext => ({
  sweepId: "s",
  settings: { address: dashboard.address, poll: 0.01, patience: 5, ...settings },
  workers: 8,
  threads: 1,
  env,
  globals: ["--home", "/here"],
  startLocal: () => {
    throw new Error("nothing runs here");
  },
  note: (text) => void notes.push(text),
});
const job = (name: string): TrialJob => ({ name, words: ["train", "gan"], trial: 3, seed: 7, params: {}, threads: 1 });

async function opened(settings: Record<string, unknown> = {}, env: Record<string, string> = {}) {
  await dashboard.up();
  return rayExecutor.open(context(settings, env));
}

const ended = (name: string, change: Partial<Job>) => Object.assign(dashboard.jobs.get(name) ?? {}, change);
const until = async (condition: () => boolean) => {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
};

describe("a job", () => {
  test("is submitted under its own name with its needs, and its log is its event stream", async () => {
    const session = await opened({ command: "node x.js", gpus: 1, memoryGiB: 2, home: "/shared", env: { A: "b" } });
    const heard: JobMessage[] = [];
    const handle = await session.submit(job("j1"), (message) => heard.push(message));
    expect(dashboard.jobs.get("j1")?.submission).toEqual({
      submission_id: "j1",
      entrypoint: "node x.js train gan --home /shared --events",
      entrypoint_num_cpus: 1,
      entrypoint_num_gpus: 1,
      entrypoint_memory: 2 ** 31,
      runtime_env: { env_vars: { NO_COLOR: "1", A: "b" } },
      metadata: { sweep: "s", trial: "3", seed: "7" },
    });
    const first = 'Running entrypoint for job j1: node\n{"kind":"run","runId":"r"}\n';
    ended("j1", { status: "RUNNING", logs: `${first}{"kind":"met` });
    await until(() => heard.length === 1);
    ended("j1", { status: "SUCCEEDED", exitCode: 0, logs: `${first}{"kind":"metric","value":1}\nbye` });
    expect(await handle.done).toEqual({ exitCode: 0, signal: null, lastWords: "bye\n" });
    expect(heard).toEqual([
      { kind: "run", runId: "r" },
      { kind: "metric", value: 1 },
    ]);
  });

  test("that is there already, because an answer was lost, is the same job", async () => {
    const session = await opened();
    await session.submit(job("j1"), () => undefined);
    const handle = await session.submit(job("j1"), () => undefined);
    ended("j1", { status: "SUCCEEDED", exitCode: 0 });
    expect((await handle.done).exitCode).toBe(0);
  });

  test("of an earlier runner is found again and heard from its first word; an unknown one is not", async () => {
    const session = await opened();
    await session.submit(job("old"), () => undefined);
    ended("old", { status: "SUCCEEDED", exitCode: 0, logs: '{"kind":"run"}\n{"kind":"result"}\n' });
    const heard: string[] = [];
    const handle = await session.adopt?.(job("old"), ({ kind }) => void heard.push(kind));
    expect((await handle?.done)?.exitCode).toBe(0);
    expect(heard).toEqual(["run", "result"]);
    expect(await session.adopt?.(job("never"), () => undefined)).toBeUndefined();
  });

  test.each([
    [
      "the user's error",
      { status: "FAILED", exitCode: 2, logs: "error: [x] no\n" },
      { exitCode: 2, lastWords: "error: [x] no\n" },
    ],
    ["a signal", { status: "FAILED", exitCode: -9 }, { exitCode: null, signal: "signal 9" }],
    [
      "a lost machine",
      { status: "FAILED", message: "Job driver died\nmore" },
      { exitCode: null, lastWords: "Job driver died" },
    ],
    ["a stop", { status: "STOPPED" }, { exitCode: 130 }],
  ])("ends by %s", async (_what, change, expected) => {
    const session = await opened();
    const handle = await session.submit(job("j"), () => undefined);
    ended("j", change);
    expect(await handle.done).toMatchObject(expected);
  });

  test("is stopped when it is asked to", async () => {
    const session = await opened();
    const handle = await session.submit(job("j"), () => undefined);
    ended("j", { status: "RUNNING" });
    handle.stop();
    expect((await handle.done).exitCode).toBe(130);
  });
});

describe("what is wrong with the place is said in one sentence", () => {
  test("no cluster", async () => {
    await dashboard.up();
    await dashboard.down();
    await expect(rayExecutor.open(context())).rejects.toThrow(
      /^\[ray\] the cluster at \S+ cannot be reached \(ECONNREFUSED\); start it with: ray start --head, .* the sweep can be resumed$/u,
    );
  });
  test("no token, a wrong token, the right token", async () => {
    dashboard.token = "secret";
    await expect(opened()).rejects.toThrow(/asks for a token; set RAY_AUTH_TOKEN/u);
    await expect(rayExecutor.open(context({}, { RAY_AUTH_TOKEN: "wrong" }))).rejects.toThrow(
      /rejects the token; set RAY_AUTH_TOKEN/u,
    );
    await rayExecutor.open(context({}, { RAY_AUTH_TOKEN: "secret" }));
    expect(dashboard.authorizations.at(-1)).toBe("Bearer secret");
  });
  test("a token that is withdrawn while a job runs stops the sweep, with the job left alone", async () => {
    const session = await opened();
    const handle = await session.submit(job("j"), () => undefined);
    dashboard.token = "new";
    expect((await handle.done).outage?.message).toMatch(/asks for a token/u);
    expect(dashboard.jobs.get("j")?.status).toBe("PENDING");
  });
  test("no Ray", async () => {
    dashboard.broken = 404;
    await expect(opened()).rejects.toThrow(/is no Ray dashboard \(HTTP 404 at \/api\/version\)/u);
  });
  test("no machine that is large enough", async () => {
    await expect(opened({ cpus: 16 })).rejects.toThrow(
      /a trial needs 16 CPU, and no node of the cluster at \S+ has more than 4/u,
    );
  });
  test("machines without Node", async () => {
    const session = await opened({ command: "node x.js" });
    const handle = await session.submit(job("j"), () => undefined);
    ended("j", { status: "FAILED", exitCode: 127, logs: "/bin/sh: 1: node: not found\n" });
    expect((await handle.done).outage?.message).toMatch(
      /cannot run "node x.js" \(\/bin\/sh: 1: node: not found\); install Node 20\.19 or newer/u,
    );
  });
  test("an image that cannot be had", async () => {
    const session = await opened({ image: "nowhere/none:1" });
    const handle = await session.submit(job("j"), () => undefined);
    ended("j", {
      status: "FAILED",
      errorType: "RUNTIME_ENV_SETUP_FAILURE",
      message: "Traceback\n  pull access denied",
    });
    expect((await handle.done).outage?.message).toMatch(/cannot be made: pull access denied; mend executor\.image/u);
  });
  test("a head that goes away and comes back is waited for", async () => {
    const session = await opened();
    const handle = await session.submit(job("j"), () => undefined);
    await dashboard.down();
    await until(() => notes.length > 0);
    expect(notes[0]).toMatch(/does not answer \(ECONNREFUSED\); trying for 5 s/u);
    await dashboard.up();
    ended("j", { status: "SUCCEEDED", exitCode: 0 });
    expect((await handle.done).exitCode).toBe(0);
    expect(notes[1]).toMatch(/is back$/u);
  });
  test("one that stays away stops the sweep; one that has forgotten the job has lost it", async () => {
    const session = await opened({ patience: 0.1 });
    const handle = await session.submit(job("j"), () => undefined);
    const forgotten = await session.submit(job("k"), () => undefined);
    dashboard.jobs.delete("k");
    expect(await forgotten.done).toMatchObject({
      exitCode: null,
      lastWords: expect.stringMatching(/no longer knows/u) as string,
    });
    dashboard.broken = 503;
    expect((await handle.done).outage?.message).toMatch(/cannot be reached \(HTTP 503\)/u);
  });
});

describe("places", () => {
  test("are what the machines hold, less what others use; a full cluster is waited for, and that is said once", async () => {
    const session = await opened({ cpus: 1 });
    expect(await session.slots()).toBe(4);
    dashboard.usedCpus = 4;
    await new Promise((resolve) => setTimeout(resolve, 1050));
    expect([await session.slots(), await session.slots()]).toEqual([0, 0]);
    expect(notes).toEqual([
      expect.stringMatching(/is full: 4 CPUs are used by others; trials start when some get free/u),
    ]);
  });
  test("what our own jobs use is not taken for somebody else's", async () => {
    const session = await opened({ cpus: 2 });
    await session.submit(job("a"), () => undefined);
    dashboard.usedCpus = 2;
    await new Promise((resolve) => setTimeout(resolve, 1050));
    expect(await session.slots()).toBe(2);
  });
});

describe("places of a runner that comes after another one", () => {
  test("are those of its jobs too, which are still under way: it takes them up at once, on a full cluster", async () => {
    const before = await opened();
    for (const name of ["a", "b", "c", "d", "over"]) await before.submit(job(name), () => undefined);
    ended("over", { status: "SUCCEEDED", exitCode: 0 });
    dashboard.usedCpus = 4;
    const session = await rayExecutor.open(context());
    expect(await session.slots()).toBe(4);
    expect(notes.join()).not.toMatch(/is full/u);
    const other = await rayExecutor.open({ ...context(), sweepId: "another" });
    expect(await other.slots()).toBe(0);
  });
});

describe("settings", () => {
  test.each([
    [{ adress: "x" }, /no setting "adress"; did you mean "address"/u],
    [{ address: "127.0.0.1:8265" }, /executor.address\] expected a web address such as/u],
    [{ cpus: 0 }, /executor.cpus\] expected a number > 0, got 0/u],
    [{ env: { A: 1 } }, /executor.env\] expected text for each variable/u],
    [{ workingDir: "" }, /executor.workingDir\] expected a folder or a URI/u],
  ])("%j", (settings, message) => expect(() => readRaySettings(settings, {})).toThrow(message));

  test("the address comes from the surroundings when it is left out; Ray's own form of it is none", () => {
    expect(readRaySettings({}, {}).address).toBe("http://127.0.0.1:8265");
    expect(readRaySettings({}, { RAY_ADDRESS: "http://head:8265" }).address).toBe("http://head:8265");
    expect(readRaySettings({}, { RAY_ADDRESS: "10.0.0.1:6379" }).address).toBe("http://127.0.0.1:8265");
  });
});

test("a log that starts anew, on a head that was started anew, is read anew", () => {
  const heard: string[] = [];
  const reader = new LogReader(({ kind }) => void heard.push(kind));
  reader.take('{"kind":"a"}\n{"kind":"b"}\n');
  reader.take('{"kind":"c"}\n');
  reader.take('{"kind":"c"}\n{"kind":"d"}', true);
  expect(heard).toEqual(["a", "b", "c", "d"]);
});
