/**
 * @file Real MLflow servers of two versions, and the Python client as the judge of what our client has written.
 *
 * The environments are made once, in the user's cache; GAN_ARENA_TEST_MLFLOW_2 and _3 name interpreters to use instead
 * (with mlflow 2.22 and 3.17.2, Flask-WTF and Pillow). Without Python the tests are skipped, except in CI.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import { environmentFolder, makeEnvironment } from "../../packages/cli/src/mlflow/environment.js";
import { startMlflowServer, type MlflowServer, type ServerOptions } from "../../packages/cli/src/mlflow/server.js";

export const VERSIONS = [
  { line: 2, version: "2.22.*", variable: "GAN_ARENA_TEST_MLFLOW_2" },
  { line: 3, version: "3.17.2", variable: "GAN_ARENA_TEST_MLFLOW_3" },
] as const;
export type Version = (typeof VERSIONS)[number];

/** Undefined when the tests can be run, else what to do to have them run. */
export function mlflowMissing(): string | undefined {
  if (process.env["CI"] || VERSIONS.every(({ variable }) => process.env[variable])) return undefined;
  const probe = "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))";
  return spawnSync("python3", ["-c", probe]).status === 0 ? undefined : "install Python 3.10 or newer with venv";
}

/** The interpreter of a version. What the tests need besides the server: basic auth, and the images of the Python client. */
export async function pythonOf({ version, variable }: Version): Promise<string> {
  const own = process.env[variable];
  if (own) return own;
  const folder = `${environmentFolder(version)}-tests`;
  const packages = ["Flask-WTF<2", "pillow"];
  return makeEnvironment(folder, { version, packages, onProgress: () => undefined });
}

export interface TestServer {
  readonly url: string;
  readonly python: string;
  readonly folder: string;
  readonly server: MlflowServer;
  /** After a kill: the same data at the same address. */
  restart(): Promise<void>;
}

/** A server for the tests of the `describe` in which this is called. Its fields may be read inside tests. */
export function useServer(version: Version, options: Partial<ServerOptions> = {}): TestServer {
  const folder = mkdtempSync(join(tmpdir(), "gan-arena-mlflow-"));
  let server: MlflowServer | undefined;
  let python = "";
  const running = (): MlflowServer => {
    if (server === undefined) throw new Error("the server has not been started yet");
    return server;
  };
  const start = async (port: number) => {
    python = await pythonOf(version);
    server = await startMlflowServer({ python, folder, port, ...options });
  };
  beforeAll(() => start(0), 900_000);
  afterAll(async () => {
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  return {
    folder,
    get url() {
      return running().url;
    },
    get python() {
      return python;
    },
    get server() {
      return running();
    },
    restart: () => start(Number(new URL(running().url).port)),
  };
}

/**
 * Runs a script with the Python client, which finds the server at `client` and its input at `given`.
 * @returns what the script has put into `answer`
 */
export function judge({ python, url }: Pick<TestServer, "python" | "url">, script: string, given: unknown): unknown {
  const { status, stdout, stderr } = spawnSync(python, ["-c", `${PRELUDE}\n${script}\n${CODA}`], {
    input: JSON.stringify({ url, given }),
    encoding: "utf8",
    maxBuffer: 2 ** 28,
    timeout: 240_000,
    env: { ...process.env, MLFLOW_DISABLE_TELEMETRY: "true", GIT_PYTHON_REFRESH: "quiet", PYTHONWARNINGS: "ignore" },
  });
  if (status !== 0) throw new Error(`the Python client failed: ${stderr.slice(-3000)}`);
  return JSON.parse(stdout.slice(stdout.lastIndexOf(MARK) + MARK.length));
}

const MARK = "<<<answer>>>";

/** Doubles travel as their 16 hexadecimal digits: JSON has no NaN, and equal must mean equal bits. */
const PRELUDE = `
import json, struct, sys, mlflow
_input = json.load(sys.stdin)
given = _input["given"]
mlflow.set_tracking_uri(_input["url"])
client = mlflow.MlflowClient(_input["url"])
bits = lambda value: struct.pack(">d", value).hex()
answer = None`;
const CODA = `sys.stdout.write("${MARK}" + json.dumps(answer))`;

/** The same as `bits` in Python. */
export function bits(value: number): string {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return bytes.toString("hex");
}
