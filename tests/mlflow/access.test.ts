/** @file Servers that want a password, and servers that keep their artifacts elsewhere. */
import { describe, expect, it } from "vitest";
import { MlflowClient, type Auth } from "mlflow-js-client";
import { mlflowMissing, useServer, VERSIONS } from "./support.js";

const PASSWORD = "a long admin password";
const env = {
  MLFLOW_FLASK_SERVER_SECRET_KEY: "for tests only",
  MLFLOW_AUTH_ADMIN_USERNAME: "admin",
  MLFLOW_AUTH_ADMIN_PASSWORD: PASSWORD,
};
const modern = VERSIONS[1];

describe.skipIf(mlflowMissing())("a server with basic auth", () => {
  const server = useServer(modern, { more: ["--app-name", "basic-auth"], env });
  const connect = (options: { auth?: Auth; env?: Record<string, string>; uri?: string }) =>
    new MlflowClient({ trackingUri: options.uri ?? server.url, env: {}, ...options });
  const list = (client: MlflowClient) => client.experiments.searchPage();

  it("lets in who has the password, by option, variables or address", async () => {
    const username = "admin";
    const variables = { MLFLOW_TRACKING_USERNAME: username, MLFLOW_TRACKING_PASSWORD: PASSWORD };
    const uri = server.url.replace("//", `//${username}:${encodeURIComponent(PASSWORD)}@`);
    for (const options of [{ auth: { username, password: PASSWORD } }, { env: variables }, { uri }]) {
      const client = connect(options);
      expect((await list(client)).items.map(({ name }) => name)).toEqual(["Default"]);
      expect(client.trackingUri).toBe(server.url);
      client.close();
    }
  });

  it("keeps others out with one sentence, in which no secret is", async () => {
    await expect(list(connect({}))).rejects.toThrow(
      /answered 401.*; the server asks for credentials: set MLFLOW_TRACKING_USERNAME/u,
    );
    for (const auth of [{ username: "admin", password: "hunter22" }, { token: "hunter22" }]) {
      const refused = list(connect({ auth }));
      await expect(refused).rejects.toThrow(/answered 401.*; the server refused the credentials/u);
      await expect(refused).rejects.not.toThrow("hunter22");
    }
  });
});

describe.skipIf(mlflowMissing())("a server that does not keep artifacts itself", () => {
  const server = useServer(modern, { more: ["--no-serve-artifacts", "--default-artifact-root", "./elsewhere"] });

  it("gives a clear error before anything is sent", async () => {
    const client = new MlflowClient({ trackingUri: server.url });
    const { info } = await client.runs.create({ experimentId: "0" });
    await expect(client.artifacts.upload({ runId: info.runId }, "a.txt", { text: "a" })).rejects.toThrow(
      /artifacts must be kept by the tracking server \(mlflow-artifacts:\/…\), got "\/|got "file:/u,
    );
    client.close();
  });
});
