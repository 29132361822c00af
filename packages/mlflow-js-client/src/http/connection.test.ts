import { createServer, type IncomingMessage, type RequestListener } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo, Server } from "node:net";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { MlflowClient } from "../client.js";
import type { ClientOptions } from "../options.js";

const EXPERIMENT = JSON.stringify({ experiment: { experiment_id: "0", name: "Default" } });

/** A certificate for 127.0.0.1 that no authority has signed, valid until 2126; it protects nothing. */
const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBmzCCAUGgAwIBAgIUXcLt6CMh15eN78/xJR1Tdu3uo5owCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyNDEyMzM1OVoYDzIxMjYxMDMx
MTIzMzU5WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAATs+igL0BQckMwJTEbKjYDdE62D9orWvuo+6ef3+73VYMNmKNrj7KLW
pYrFn2DpiSIuadHHcg0uc/77vQVcIAeto28wbTAdBgNVHQ4EFgQUwvZXboXsR+61
r9n797/70Py5lW0wHwYDVR0jBBgwFoAUwvZXboXsR+61r9n797/70Py5lW0wDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARhwR/AAABgglsb2NhbGhvc3QwCgYIKoZI
zj0EAwIDSAAwRQIgJc/WKTFtPwHgf0c6doY7e28W/rkIJh/IDB+nzIA6xi4CIQCP
r6wg/CnySjBDPqtbUYx1VqFTAzrqSMVG3rBR3wOmRw==
-----END CERTIFICATE-----`;
const KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgqI+qI4gHRtR5Ny3Z
V+oXmlEjRIOFLe4GCDHoxt77IPqhRANCAATs+igL0BQckMwJTEbKjYDdE62D9orW
vuo+6ef3+73VYMNmKNrj7KLWpYrFn2DpiSIuadHHcg0uc/77vQVcIAet
-----END PRIVATE KEY-----`;

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

async function connect(listener: RequestListener, options: ClientOptions = {}): Promise<MlflowClient> {
  const trackingUri = `http://127.0.0.1:${await listen(createServer(listener))}/mlflow/`;
  return client({ trackingUri, ...options });
}

function client(options: ClientOptions): MlflowClient {
  const made = new MlflowClient({ env: {}, retry: { retries: 1, baseDelayMs: 1, jitterMs: 0 }, ...options });
  onTestFinished(() => made.close());
  return made;
}

const headersSeen: RequestListener = ({ headers, url }: IncomingMessage, answer) =>
  void answer.end(
    JSON.stringify({
      experiment: { experiment_id: "0", name: `${url} ${headers.authorization} ${String(headers["x-more"])}` },
    }),
  );

describe("requests", () => {
  it("keep the path of the address, and carry credentials and headers", async () => {
    const [made, bearer] = [
      await connect(headersSeen, { auth: { username: "ann", password: "p:w" }, headers: { "x-more": "1" } }),
      await connect(headersSeen, { env: { MLFLOW_TRACKING_TOKEN: "secret" } }),
    ];
    // printf ann:p:w | base64
    const basic = "/mlflow/api/2.0/mlflow/experiments/get?experiment_id=0 Basic YW5uOnA6dw== 1";
    expect((await made.experiments.get("0")).name).toBe(basic);
    expect((await bearer.experiments.get("0")).name).toContain("Bearer secret undefined");
  });

  it("prefer a name and password to a token, and an option to both", async () => {
    const env = { MLFLOW_TRACKING_USERNAME: "u", MLFLOW_TRACKING_PASSWORD: "p", MLFLOW_TRACKING_TOKEN: "t" };
    expect((await (await connect(headersSeen, { env })).experiments.get("0")).name).toContain("Basic dTpw ");
    const own = await connect(headersSeen, { env, auth: { token: "mine" } });
    expect((await own.experiments.get("0")).name).toContain("Bearer mine ");
  });
});

describe("answers that are none of MLflow's", () => {
  it.each([
    ["a redirect", 302, "", 'got 302 to "http://login/"; use the final address'],
    ["a page with 200", 200, "<html><style>a{}</style><h1>Sign in</h1></html>", 'expected JSON, got "Sign in"'],
    ["a list", 200, "[1]", "expected a JSON object, got [1]"],
    ["an empty object", 200, "{}", "expected a JSON object, got undefined"],
    ["a number for a text", 200, '{"experiment":{"experiment_id":7}}', "expected experiment_id to be text, got 7"],
    ["half an error", 400, '{"error_code": "BAD', "expected an error in JSON with status 400, got half of one"],
    ["a page with 405", 405, "<h1>Method Not Allowed</h1>", 'a page with status 405 ("Method Not Allowed")'],
  ])("%s", async (_what, status, body, message) => {
    const made = await connect(
      (_request, answer) => void answer.writeHead(status, { location: "http://login/" }).end(body),
    );
    await expect(made.experiments.get("0")).rejects.toThrow(message);
  });

  it("are asked for again where a second try may help", async () => {
    let count = 0;
    const made = await connect(
      (_request, answer) => void answer.end(count++ === 0 ? EXPERIMENT.slice(0, 20) : EXPERIMENT),
    );
    expect((await made.experiments.get("0")).name).toBe("Default");
    expect(count).toBe(2);
  });
});

describe("addresses", () => {
  it.each([
    [undefined, "the address of the tracking server must be given"],
    ["./mlruns", 'must begin with http:// or https://, got "./mlruns"'],
    ["sqlite:///x.db", "must begin with http:// or https://"],
    ["ftp://u:hidden@h", 'got "ftp://…@h"'],
  ])("%s is refused", (trackingUri, message) => {
    expect(() => new MlflowClient({ env: { MLFLOW_TRACKING_URI: trackingUri } })).toThrow(message);
  });
});

describe("TLS", () => {
  const secure = async () =>
    `https://127.0.0.1:${await listen(createSecureServer({ key: KEY, cert: CERTIFICATE }, (_request, answer) => void answer.end(EXPERIMENT)))}`;

  it("refuses a certificate that nobody vouches for, at once and with advice", async () => {
    const failed = client({ trackingUri: await secure() }).experiments.get("0");
    await expect(failed).rejects.toThrow(
      "the server's certificate cannot be trusted (DEPTH_ZERO_SELF_SIGNED_CERT); name its authority with tls.ca",
    );
  });

  it("trusts the authority that is named, by option or variable, or anyone when told to", async () => {
    const trackingUri = await secure();
    const folder = mkdtempSync(join(tmpdir(), "mlflow-js-client-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = join(folder, "ca.pem");
    writeFileSync(file, CERTIFICATE);
    const ways: ClientOptions[] = [
      { tls: { ca: CERTIFICATE } },
      { env: { MLFLOW_TRACKING_SERVER_CERT_PATH: file } },
      { env: { MLFLOW_TRACKING_INSECURE_TLS: "true" } },
    ];
    for (const way of ways) expect((await client({ trackingUri, ...way }).experiments.get("0")).name).toBe("Default");
  });
});
