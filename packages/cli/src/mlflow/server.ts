/** @file A tracking server of our own: MLflow on this machine, with its database and artifacts in one folder. */
import { spawn, type ChildProcess } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { alreadyServed, hostUnknown, notStarted, portTaken } from "./errors.js";

export interface ServerOptions {
  /** An interpreter that has MLflow, see environment.ts. */
  readonly python: string;
  /** Gets `mlflow.db`, `artifacts/` and `server.log`; made when it is not there. */
  readonly folder: string;
  /** Default: 127.0.0.1. */
  readonly host?: string;
  /** 0 takes any free one. */
  readonly port: number;
  /** More words for `mlflow server`, for example `--app-name basic-auth`. */
  readonly more?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** How long it may take to start; the first start makes the database. */
  readonly startMs?: number;
  readonly signal?: AbortSignal;
}

export interface MlflowServer {
  /** `http://host:port` */
  readonly url: string;
  /** Of the leader of the server's process group. */
  readonly pid: number;
  readonly log: string;
  /** Resolves when the server is gone, with its exit code or the signal's name. */
  readonly ended: Promise<number | string>;
  /** Asks it to stop, and after a while does not ask. */
  stop(): Promise<void>;
  /** At once and without any goodbye, as a power cut would do it. */
  kill(): Promise<void>;
}

/**
 * Starts the server inside a process group of its own, and stops the group when our end of its stdin closes: also when we
 * are killed in a way that no handler sees.
 */
const KEEPER = `
import os, signal, subprocess, sys, threading
server = subprocess.Popen([sys.executable, "-m", "mlflow", "server", *sys.argv[1:]], stdin=subprocess.DEVNULL)
if os.name != "nt":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
def stop():
    sys.stdin.buffer.read()
    if os.name == "nt":
        server.terminate()
    else:
        os.killpg(0, signal.SIGTERM)
    try:
        server.wait(5)
    except subprocess.TimeoutExpired:
        os.killpg(0, signal.SIGKILL) if os.name != "nt" else server.kill()
    os._exit(0)
threading.Thread(target=stop, daemon=True).start()
sys.exit(server.wait())
`;

const START_MS = 120_000;
const STOP_MS = 10_000;
const GROUP_MS = 3000;
const onWindows = process.platform === "win32";

/** @throws GanError when the port is taken, the folder is served already, or the server does not start */
export async function startMlflowServer(options: ServerOptions): Promise<MlflowServer> {
  const { python, folder, host = "127.0.0.1", more = [], env = {}, signal } = options;
  await mkdir(folder, { recursive: true });
  const mark = join(folder, "server.json");
  await refuseSecond(folder, mark);
  const port = await freePort(host, options.port);
  const url = `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
  await writeFile(mark, `${JSON.stringify({ url, pid: process.pid, startedAt: Date.now() })}\n`);
  const log = join(folder, "server.log");
  const words = ["--host", host, "--port", `${port}`, "--workers", "1", ...STORES, ...more];
  const output = openSync(log, "a");
  const child = spawn(python, ["-c", KEEPER, ...words], {
    // Relative stores: a path with a question mark or a per cent sign has no place in the address of a database.
    cwd: folder,
    env: { ...withoutClientSettings(process.env), ...QUIET, ...env },
    stdio: ["pipe", output, output],
    detached: !onWindows,
  });
  closeSync(output);
  const server = new RunningServer(child, { url, log, mark });
  try {
    await waitUntilHealthy(server, options.startMs ?? START_MS, signal);
  } catch (error) {
    await server.kill();
    throw error;
  }
  return server;
}

const STORES = ["--backend-store-uri", "sqlite:///mlflow.db", "--artifacts-destination", "./artifacts"];
const QUIET = { MLFLOW_DISABLE_TELEMETRY: "true", MLFLOW_SERVER_ENABLE_JOB_EXECUTION: "false", PYTHONUNBUFFERED: "1" };

/** What is meant for clients (MLFLOW_TRACKING_URI, a password) must not change the server. */
const withoutClientSettings = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !/^MLFLOW_(?:TRACKING|REGISTRY)_/u.test(name)));

class RunningServer implements MlflowServer {
  readonly url: string;
  readonly log: string;
  readonly ended: Promise<number | string>;
  readonly #mark: string;
  hasEnded = false;

  constructor(
    private readonly child: ChildProcess,
    { url, log, mark }: { readonly url: string; readonly log: string; readonly mark: string },
  ) {
    this.url = url;
    this.log = log;
    this.#mark = mark;
    this.ended = new Promise((resolve) => {
      child.on("error", (error) => resolve(error.message));
      child.on("exit", (code, signal) => resolve(signal ?? code ?? 1));
    });
    void this.ended.then(() => (this.hasEnded = true));
    // A server that is gone cannot be told to stop.
    child.stdin?.on("error", () => undefined);
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  async stop(): Promise<void> {
    this.child.stdin?.end();
    await Promise.race([this.ended, sleep(STOP_MS, undefined, { ref: false })]);
    await this.kill();
  }

  async kill(): Promise<void> {
    try {
      // The group: `mlflow server` starts the web server as a process of its own.
      if (this.pid > 0) process.kill(onWindows ? this.pid : -this.pid, "SIGKILL");
    } catch {
      // It is gone already.
    }
    if (this.pid > 0) await this.ended;
    // The web server outlives its leader by some milliseconds, and holds the port for as long.
    for (let waited = 0; waited < GROUP_MS && this.#groupIsAlive(); waited += 20) await sleep(20);
    await rm(this.#mark, { force: true });
  }

  #groupIsAlive(): boolean {
    return !onWindows && this.pid > 0 && isAlive(-this.pid);
  }
}

async function waitUntilHealthy(
  server: RunningServer,
  startMs: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  const end = performance.now() + startMs;
  while (!(await isHealthy(server.url))) {
    signal?.throwIfAborted();
    if (server.hasEnded) throw notStarted(await lastWords(server), server.log);
    if (performance.now() > end) throw notStarted(`no answer within ${startMs / 1000} s`, server.log);
    await sleep(100);
  }
}

/** The last line of the log, which names the exception when Python could not go on. */
export async function lastWords({ log, ended }: Pick<MlflowServer, "log" | "ended">): Promise<string> {
  const lines = (await readFile(log, "utf8").catch(() => "")).trimEnd().split("\n");
  return lines.at(-1)?.trim() || `exit code ${await ended}`;
}

const isHealthy = (url: string): Promise<boolean> =>
  fetch(`${url}/health`, { signal: AbortSignal.timeout(2000) }).then(
    ({ ok }) => ok,
    () => false,
  );

/** Two servers on one database would wait for each other's locks. A mark whose owner is gone counts for nothing. */
async function refuseSecond(folder: string, mark: string): Promise<void> {
  const text = await readFile(mark, "utf8").catch(() => undefined);
  const { url, pid, startedAt } = text === undefined ? {} : readMark(text);
  if (url === undefined || pid === undefined) return;
  const starting = Date.now() - (startedAt ?? 0) < START_MS && isAlive(pid);
  if (starting || (await isHealthy(url))) throw alreadyServed(folder, url);
}

function readMark(text: string): { readonly url?: string; readonly pid?: number; readonly startedAt?: number } {
  try {
    return JSON.parse(text) as { url?: string };
  } catch {
    return {};
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** @param port 0 for any @throws GanError when it is taken */
function freePort(host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on("error", ({ code = "" }: NodeJS.ErrnoException) =>
      reject(code === "EADDRINUSE" || code === "EACCES" ? portTaken(host, port) : hostUnknown(host, code)),
    );
    probe.listen({ host, port, exclusive: true }, () => {
      const { port: got } = probe.address() as AddressInfo;
      probe.close(() => resolve(got));
    });
  });
}
