/** @file Where the server is and how to speak to it: what the caller says, else what the MLFLOW_* variables say. */
import { readFileSync } from "node:fs";
import { badInput, badTrackingUri, noTrackingUri } from "./errors.js";
import { DEFAULT_RETRY, type RetryPolicy } from "./http/retry.js";
import type { TlsOptions, Transport } from "./http/transport.js";

export type Auth =
  | { readonly username: string; readonly password: string }
  /** Sent as `Authorization: Bearer …`. */
  | { readonly token: string };

export interface ClientOptions {
  /** `http://host:port`, possibly with a path and with `user:password@`. Default: MLFLOW_TRACKING_URI. */
  readonly trackingUri?: string;
  /** Default: MLFLOW_TRACKING_USERNAME and _PASSWORD, else MLFLOW_TRACKING_TOKEN, else none. */
  readonly auth?: Auth;
  /** Default: MLFLOW_TRACKING_INSECURE_TLS, _SERVER_CERT_PATH and _CLIENT_CERT_PATH. */
  readonly tls?: TlsOptions;
  /** Default: MLFLOW_HTTP_REQUEST_MAX_RETRIES, _BACKOFF_FACTOR, _BACKOFF_JITTER, else {@link DEFAULT_RETRY}. */
  readonly retry?: Partial<RetryPolicy>;
  /**
   * One attempt may take so long; an upload or download may stand still so long.
   * Default: MLFLOW_HTTP_REQUEST_TIMEOUT (in seconds), else 30 s.
   */
  readonly timeoutMs?: number;
  /** Sent with every request. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The variables that the defaults are read from. Default: `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Carries the requests instead of Node's http, in tests for example. */
  readonly transport?: Transport;
}

export interface ResolvedOptions {
  /** Without credentials and without a slash at the end. */
  readonly baseUrl: string;
  readonly authorization: string | undefined;
  readonly tls: TlsOptions;
  readonly retry: RetryPolicy;
  readonly timeoutMs: number;
  readonly headers: Readonly<Record<string, string>>;
}

/** @throws MlflowInputError when there is no address or a value is wrong */
export function resolveOptions(options: ClientOptions): ResolvedOptions {
  const env = options.env ?? process.env;
  const { url, auth } = addressOf(options.trackingUri ?? env["MLFLOW_TRACKING_URI"]);
  const timeoutMs = options.timeoutMs ?? seconds(env, "MLFLOW_HTTP_REQUEST_TIMEOUT") ?? 30_000;
  if (!(timeoutMs > 0)) throw badInput("timeoutMs", "above 0", timeoutMs, "give milliseconds");
  return {
    baseUrl: url,
    authorization: authorizationOf(options.auth ?? authFrom(env) ?? auth),
    tls: options.tls ?? tlsFrom(env),
    retry: { ...DEFAULT_RETRY, ...retryFrom(env), ...defined(options.retry ?? {}) },
    timeoutMs,
    headers: options.headers ?? {},
  };
}

function addressOf(uri: string | undefined): { readonly url: string; readonly auth: Auth | undefined } {
  if (uri === undefined || uri.trim() === "") throw noTrackingUri();
  // What is not an address may still hold a password: only its beginning is shown.
  const url = URL.canParse(uri) ? new URL(uri) : undefined;
  if (url === undefined || !/^https?:$/u.test(url.protocol)) throw badTrackingUri(uri.replace(/\/\/[^/@]*@/u, "//…@"));
  const { username, password } = url;
  const auth =
    username === "" ? undefined : { username: decodeURIComponent(username), password: decodeURIComponent(password) };
  return { url: `${url.protocol}//${url.host}${url.pathname}`.replace(/\/+$/u, ""), auth };
}

function authFrom(env: Environment): Auth | undefined {
  const username = env["MLFLOW_TRACKING_USERNAME"];
  const password = env["MLFLOW_TRACKING_PASSWORD"];
  // As the Python client does it: a name and a password go before a token.
  if (username && password) return { username, password };
  const token = env["MLFLOW_TRACKING_TOKEN"];
  return token ? { token } : undefined;
}

function authorizationOf(auth: Auth | undefined): string | undefined {
  if (auth === undefined) return undefined;
  if ("token" in auth) return `Bearer ${auth.token}`;
  return `Basic ${Buffer.from(`${auth.username}:${auth.password}`).toString("base64")}`;
}

function tlsFrom(env: Environment): TlsOptions {
  const read = (name: string): string | undefined => {
    const path = env[name];
    if (!path) return undefined;
    try {
      return readFileSync(path, "utf8");
    } catch (cause) {
      throw badInput(name, "a readable PEM file", path, `correct the path (${(cause as Error).message})`);
    }
  };
  const ca = read("MLFLOW_TRACKING_SERVER_CERT_PATH");
  // One file with the certificate and its key, as Python's requests takes it.
  const pair = read("MLFLOW_TRACKING_CLIENT_CERT_PATH");
  return {
    ...(/^(?:1|true)$/iu.test(env["MLFLOW_TRACKING_INSECURE_TLS"] ?? "") ? { insecure: true } : {}),
    ...(ca === undefined ? {} : { ca }),
    ...(pair === undefined ? {} : { cert: pair, key: pair }),
  };
}

function retryFrom(env: Environment): Partial<RetryPolicy> {
  const factor = seconds(env, "MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR");
  return defined({
    retries: numberFrom(env, "MLFLOW_HTTP_REQUEST_MAX_RETRIES"),
    // Python waits factor * 2^n seconds, n from 0, and not at all before the first retry.
    baseDelayMs: factor,
    jitterMs: seconds(env, "MLFLOW_HTTP_REQUEST_BACKOFF_JITTER"),
    respectRetryAfter: /^(?:0|false)$/iu.test(env["MLFLOW_HTTP_RESPECT_RETRY_AFTER_HEADER"] ?? "") ? false : undefined,
  });
}

type Environment = Readonly<Record<string, string | undefined>>;

function numberFrom(env: Environment, name: string): number | undefined {
  const text = env[name];
  if (!text) return undefined;
  const value = Number(text);
  if (!Number.isFinite(value) || value < 0) throw badInput(name, "a number, 0 or more", text, "correct or unset it");
  return value;
}

const seconds = (env: Environment, name: string): number | undefined => {
  const value = numberFrom(env, name);
  return value === undefined ? undefined : value * 1000;
};

/** Without the fields that are undefined, so that they do not hide a default. */
const defined = <T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
