/** @file What users see when MLflow cannot be had: one sentence, a trained run, exit code 3. Needs a build. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { arena, temporaryFolder, TINY, type RunOptions } from "../support/command.js";
import { serverState } from "./server-state.js";
import { judge, mlflowMissing, useServer, VERSIONS } from "./support.js";

const TRAIN = ["train", "gan", "--dataset", "ring", ...TINY, "--json"];
const modern = VERSIONS[1];

/** Trains although MLflow is missing. @returns the sentence about that */
async function problemOf(url: string, { home = temporaryFolder(), ...options }: RunOptions & { home?: string } = {}) {
  const { code, stdout, stderr } = await arena([...TRAIN, "--home", home, "--mlflow", url], options);
  const document = JSON.parse(stdout) as {
    readonly status: string;
    readonly runId: string;
    readonly tracking: { readonly complete: boolean; readonly problem: string };
  };
  expect([code, document.status, document.tracking.complete]).toEqual([3, "finished", false]);
  expect(stderr).not.toMatch(/^ {4}at /mu);
  const { problem } = document.tracking;
  expect(problem).toMatch(/; nothing is lost, send it later with: (npx )?gan-arena sync [^\n]*$/u);
  return { problem, home, runId: document.runId };
}

describe.skipIf(mlflowMissing())("training with an MLflow that cannot be used", () => {
  it("a wrong address", async () => {
    const { problem } = await problemOf("http://127.0.0.1:9");
    expect(problem).toMatch(/^\[mlflow version\] cannot reach the server \(connect ECONNREFUSED 127\.0\.0\.1:9\)/u);
  });

  it("an address that is none is refused before anything is trained", async () => {
    const { code, stderr } = await arena([...TRAIN, "--home", temporaryFolder(), "--mlflow", "localhost:5000"]);
    expect([code, stderr]).toEqual([2, expect.stringMatching(/^error: \[--mlflow\] .*http/u)]);
  });

  describe("a server with users", () => {
    const admin = { MLFLOW_TRACKING_USERNAME: "admin", MLFLOW_TRACKING_PASSWORD: "a long admin password" };
    const env = {
      MLFLOW_FLASK_SERVER_SECRET_KEY: "for tests only",
      MLFLOW_AUTH_ADMIN_USERNAME: admin.MLFLOW_TRACKING_USERNAME,
      MLFLOW_AUTH_ADMIN_PASSWORD: admin.MLFLOW_TRACKING_PASSWORD,
    };
    const server = useServer(modern, { more: ["--app-name", "basic-auth"], env });

    it("wrong credentials", async () => {
      const wrong = { ...admin, MLFLOW_TRACKING_PASSWORD: "hunter22" };
      const { problem, home, runId } = await problemOf(server.url, { env: wrong });
      expect(problem).toMatch(/answered 401.*; the server refused the credentials/u);
      expect(problem).not.toContain("hunter22");
      const later = ["sync", runId, "--home", home, "--mlflow", server.url];
      expect((await arena(later, { env: wrong })).code).toBe(3);
      expect((await arena(later, { env: admin })).code).toBe(0);
    });

    it("no permission", async () => {
      const password = "another long password";
      const body = JSON.stringify({ username: "reader", password });
      const basic = Buffer.from(`admin:${admin.MLFLOW_TRACKING_PASSWORD}`).toString("base64");
      const headers = { "content-type": "application/json", authorization: `Basic ${basic}` };
      const made = await fetch(`${server.url}/api/2.0/mlflow/users/create`, { method: "POST", body, headers });
      expect(made.status).toBe(200);
      // The experiment is there, of another user, and others may only read.
      await arena([...TRAIN, "--home", temporaryFolder(), "--mlflow", server.url], { env: admin });
      const reader = { MLFLOW_TRACKING_USERNAME: "reader", MLFLOW_TRACKING_PASSWORD: password };
      expect((await problemOf(server.url, { env: reader })).problem).toMatch(/answered 403.*permission/iu);
    });
  });

  describe("a server that does not keep artifacts itself", () => {
    const server = useServer(modern, { more: ["--no-serve-artifacts", "--default-artifact-root", "./elsewhere"] });

    it("all but the files is sent", async () => {
      const { problem, runId } = await problemOf(server.url);
      expect(problem).toMatch(/artifacts/u);
      const script = `
[run] = client.search_runs([client.get_experiment_by_name("gan-arena ring").experiment_id])
answer = [run.data.tags["gan-arena.uid"], run.info.status, sorted(run.data.metrics)[0]]`;
      expect(judge(server, script, null)).toEqual([runId, "FINISHED", "D/adversarial"]);
    });
  });

  describe("a server of which something was deleted, and a disk that is full", () => {
    const server = useServer(modern);

    it("a deleted experiment, until it is restored", async () => {
      const home = temporaryFolder();
      await arena([...TRAIN, "--home", home, "--mlflow", server.url]);
      const find = 'found = client.get_experiment_by_name("gan-arena ring").experiment_id';
      judge(server, `${find}\nclient.delete_experiment(found)`, null);
      const { problem, runId } = await problemOf(server.url, { home });
      expect(problem).toMatch(/experiment.*"gan-arena ring".*deleted/u);
      judge(server, `${find}\nclient.restore_experiment(found)`, null);
      expect((await arena(["sync", runId, "--home", home, "--mlflow", server.url])).code).toBe(0);
    });

    it("a deleted run is not made again, unless --again says so", async () => {
      const home = temporaryFolder();
      const { stdout } = await arena([...TRAIN, "--home", home, "--mlflow", server.url]);
      const { runId } = JSON.parse(stdout) as { runId: string };
      const before = serverState(server, ["gan-arena ring"])[runId];
      const script = `
for run in client.search_runs([client.get_experiment_by_name("gan-arena ring").experiment_id]):
    if run.data.tags["gan-arena.uid"] == given: client.delete_run(run.info.run_id)`;
      judge(server, script, runId);
      const sync = ["sync", runId, "--home", home, "--mlflow", server.url];
      expect((await arena(sync)).code).toBe(0);
      expect(serverState(server, ["gan-arena ring"])).not.toHaveProperty([runId]);
      expect((await arena([...sync, "--again"])).code).toBe(0);
      expect(serverState(server, ["gan-arena ring"])[runId]).toEqual(before);
    });

    it("an outbox that cannot be written", async () => {
      const home = temporaryFolder();
      writeFileSync(join(home, "outbox"), "a file where a folder should be");
      expect((await problemOf(server.url, { home })).problem).toMatch(/outbox/u);
    });
  });
});
