/** @file A Ray cluster of one machine, from PyPI: started for a test, and gone with all its processes after it. */
import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pythonWith } from "./python.js";

export interface Cluster {
  /** Of the dashboard. */
  readonly address: string;
  stop(): Promise<void>;
}

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });

/** @param env of the cluster, for example RAY_AUTH_MODE @throws Error when it does not answer in two minutes */
export async function startRay(cpus: number, env: Readonly<Record<string, string>> = {}): Promise<Cluster> {
  const interpreter = pythonWith("ray", ["ray[default]>=2.60"]);
  // Short: the names of Ray's sockets are below it, and a socket's name has 107 characters.
  const folder = mkdtempSync(join(tmpdir(), "ga-ray-"));
  const ports = await Promise.all(Array.from({ length: 5 }, freePort));
  const [port, dashboard, agent, client, metrics] = ports;
  const options = {
    "--port": port,
    "--dashboard-port": dashboard,
    "--dashboard-agent-listen-port": agent,
    "--ray-client-server-port": client,
    "--metrics-export-port": metrics,
    "--num-cpus": cpus,
    "--object-store-memory": 100_000_000,
    "--temp-dir": folder,
  };
  const words = Object.entries(options).map(([name, value]) => `${name}=${value}`);
  let said = "";
  // A group of its own, so that it can be ended as a whole: `ray stop` would end every cluster of the machine.
  const head = spawn(
    interpreter,
    [
      "-m",
      "ray.scripts.scripts",
      "start",
      "--head",
      "--block",
      "--dashboard-host=127.0.0.1",
      "--disable-usage-stats",
      ...words,
    ],
    {
      detached: true,
      env: { ...process.env, RAY_DISABLE_IMPORT_WARNING: "1", ...env },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  for (const stream of [head.stdout, head.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => void (said = (said + text).slice(-4000)));
  const address = `http://127.0.0.1:${dashboard}`;
  const stop = () => end(head, folder);
  for (const until = Date.now() + 120_000; !(await answers(address));) {
    if (Date.now() > until || head.exitCode !== null) {
      await stop();
      throw new Error(`Ray did not start: ${said}`);
    }
    await pause(250);
  }
  return { address, stop };
}

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** A cluster that wants a token answers too. */
const answers = (address: string): Promise<boolean> =>
  fetch(`${address}/api/cluster_status`).then(
    async (response) => response.status === 401 || (await response.text()).includes('"CPU"'),
    () => false,
  );

async function end(head: ChildProcess, folder: string): Promise<void> {
  const gone = new Promise((resolve) => (head.exitCode === null ? head.once("close", resolve) : resolve(undefined)));
  head.kill("SIGTERM");
  await Promise.race([gone, pause(10_000)]);
  try {
    // What it left behind: its children are in its group.
    if (head.pid !== undefined) process.kill(-head.pid, "SIGKILL");
  } catch {
    // Nothing was left.
  }
  await pause(200);
  rmSync(folder, { recursive: true, force: true });
}
