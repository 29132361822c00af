/** @file `gan-arena mlflow` as a user runs it. Needs a build. */
import { createServer, type AddressInfo } from "node:net";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { arena, COMMAND, start, temporaryFolder } from "../support/command.js";
import { mlflowMissing, pythonOf, VERSIONS } from "./support.js";

const answers = (url: string): Promise<boolean> =>
  fetch(`${url}/health`).then(
    ({ ok }) => ok,
    () => false,
  );

/** Polls: the server's end is what is waited for, and only its absence shows it. */
async function isGone(url: string): Promise<boolean> {
  const end = Date.now() + 15_000;
  while (await answers(url)) {
    if (Date.now() > end) return false;
    await new Promise((resolve) => void setTimeout(resolve, 100));
  }
  return true;
}

describe.skipIf(mlflowMissing() !== undefined || process.platform === "win32")("gan-arena mlflow", () => {
  const serve = async (home: string) => {
    const python = await pythonOf(VERSIONS[1]);
    const words = [COMMAND, "mlflow", "--python", python, "--port", "0", "--home", home, "--json"];
    const { child, ended } = start(process.execPath, words);
    onTestFinished(() => void child.kill("SIGKILL"));
    const url = await new Promise<string>((resolve, reject) => {
      child.stdout?.on("data", (text: string) => resolve((JSON.parse(text) as { url: string }).url));
      void ended.then(({ stderr }) => reject(new Error(stderr)));
    });
    return { child, ended, url, python };
  };

  it("prints its address, serves, refuses a second server on its data, and stops with Ctrl-C", async () => {
    const home = temporaryFolder();
    const { child, ended, url, python } = await serve(home);
    expect(await (await fetch(`${url}/version`)).text()).toBe("3.17.2");
    expect(existsSync(join(home, "mlflow", "mlflow.db"))).toBe(true);
    const second = await arena(["mlflow", "--python", python, "--port", "0", "--home", home]);
    expect([second.code, second.stderr]).toEqual([
      2,
      expect.stringContaining(`is served already at ${url}; use that server`),
    ]);
    child.kill("SIGINT");
    expect((await ended).code).toBe(130);
    expect(await answers(url)).toBe(false);
  });

  it("leaves no server behind when it is killed", async () => {
    const { child, url } = await serve(temporaryFolder());
    child.kill("SIGKILL");
    expect(await isGone(url)).toBe(true);
  });

  it("says in one sentence that the port is taken, that the host is unknown, or that there is no MLflow", async () => {
    const python = await pythonOf(VERSIONS[1]);
    const listener = createServer();
    await new Promise<void>((resolve) => void listener.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void listener.close());
    const { port } = listener.address() as AddressInfo;
    const cases = [
      [["--python", python, "--port", `${port}`], `port ${port} of 127.0.0.1 must be free`],
      [["--python", python, "--host", "192.0.2.1"], "192.0.2.1 is no address of this machine"],
      [["--python", "no-such-python"], "no-such-python has no package mlflow"],
      [["--port", "70000"], "[--port] expected an integer from 0 to 65535, got 70000"],
    ] as const;
    for (const [words, message] of cases) {
      const { code, stderr } = await arena(["mlflow", ...words, "--home", temporaryFolder()]);
      expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
    }
    const env = { XDG_CACHE_HOME: temporaryFolder() };
    const { code, stderr } = await arena(["mlflow", "--home", temporaryFolder()], { env });
    expect([code, stderr]).toEqual([2, expect.stringContaining("with: gan-arena mlflow --install")]);
  });
});
