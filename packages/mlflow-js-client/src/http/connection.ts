/** @file One server: addresses, headers, time limits, retries, and answers that are errors. */
import { apiFailure, badResponse, MlflowError, noConnection, notMlflow, redirected, timedOut } from "../errors.js";
import type { ResolvedOptions } from "../options.js";
import type { CallOptions } from "../types.js";
import { Fields } from "../wire/fields.js";
import { unlessRaced } from "./duplicates.js";
import { parseRetryAfter, withRetries, type Repeatability, type RetryPolicy } from "./retry.js";
import { TransportError, type Transport, type TransportRequest, type TransportResponse } from "./transport.js";

type Query = Readonly<Record<string, string | number | readonly string[] | undefined>>;

export interface ApiRequest {
  readonly method: TransportRequest["method"];
  /** After `/api/2.0/mlflow/`, already escaped. */
  readonly path: string;
  readonly query?: Query;
  /** Fields that are undefined are left out. Text is sent as it is: it must be JSON. */
  readonly body?: Readonly<Record<string, unknown>> | string;
  readonly repeatability: Repeatability;
}

export interface RawRequest {
  readonly method: TransportRequest["method"];
  /** After the server's address, already escaped, with a leading slash. */
  readonly path: string;
  readonly query?: Query;
  readonly headers?: Readonly<Record<string, string>>;
  /** Called once per attempt: a stream can be read only once. */
  readonly body?: () => Uint8Array | AsyncIterable<Uint8Array>;
  readonly repeatability: Repeatability;
  /** What is done, for messages. */
  readonly where: string;
}

const API = "/api/2.0/mlflow/";
/** So much of a page is kept for the message. */
const PAGE_START = 160;

export class Connection {
  constructor(
    private readonly options: ResolvedOptions,
    private readonly transport: Transport,
  ) {}

  get baseUrl(): string {
    return this.options.baseUrl;
  }

  /** A call of the REST API. @returns its answer, a JSON object */
  async call(request: ApiRequest, options: CallOptions = {}): Promise<Fields> {
    const { method, path, query, body, repeatability } = request;
    const bytes = body === undefined ? undefined : Buffer.from(typeof body === "string" ? body : JSON.stringify(body));
    const raw: RawRequest = {
      method,
      path: `${API}${path}`,
      ...(query === undefined ? {} : { query }),
      // Without this content type the server refuses the body.
      headers:
        bytes === undefined ? {} : { "content-type": "application/json", "content-length": `${bytes.byteLength}` },
      ...(bytes === undefined ? {} : { body: () => bytes }),
      repeatability,
      where: path,
    };
    const send = () => this.exchange(raw, async (response) => parseAnswer(path, await textOf(response)), options);
    return repeatability === "safe" && bytes !== undefined ? unlessRaced(send) : send();
  }

  /**
   * Sends a request and reads its answer; both together are one attempt.
   * @param read gets answers with status 200 to 299 only; what it throws as MlflowError counts for retries
   */
  exchange<T>(
    request: RawRequest,
    read: (response: TransportResponse) => Promise<T>,
    options: CallOptions = {},
  ): Promise<T> {
    const { repeatability } = request;
    const { signal } = options;
    const run = { policy: this.#policy(options), repeatability, signal };
    return withRetries((remainingMs) => this.#attempt(request, read, { signal, remainingMs }), run);
  }

  close(): void {
    this.transport.close();
  }

  #policy({ retries, deadlineMs }: CallOptions): RetryPolicy {
    const { retry } = this.options;
    return { ...retry, retries: retries ?? retry.retries, deadlineMs: deadlineMs ?? retry.deadlineMs };
  }

  async #attempt<T>(
    request: RawRequest,
    read: (response: TransportResponse) => Promise<T>,
    { signal, remainingMs }: { readonly signal: AbortSignal | undefined; readonly remainingMs: number },
  ): Promise<T> {
    const { where } = request;
    const limitMs = Math.min(this.options.timeoutMs, remainingMs);
    const watch = new Watch(limitMs, signal);
    try {
      const response = await this.transport.send(this.#outgoing(request, watch));
      const watched = { ...response, body: watch.touching(response.body) };
      if (response.status >= 200 && response.status < 300) return await read(watched);
      if (response.status >= 300 && response.status < 400)
        throw redirected(where, response.status, response.headers["location"] ?? "nowhere");
      throw await this.#refusal(where, watched);
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      if (watch.expired) throw timedOut(where, limitMs);
      if (error instanceof TransportError) throw unwrapped(error) ?? noConnection(where, error.cause, error.sent);
      if (error instanceof MlflowError || !isNetworkError(error)) throw error;
      throw noConnection(where, error, true);
    } finally {
      watch.stop();
    }
  }

  #outgoing({ method, path, query, headers, body, repeatability }: RawRequest, watch: Watch): TransportRequest {
    const { authorization } = this.options;
    const content = body?.();
    return {
      method,
      url: `${this.baseUrl}${path}${queryOf(query)}`,
      headers: {
        accept: "application/json",
        "user-agent": "mlflow-js-client",
        ...this.options.headers,
        ...(authorization === undefined ? {} : { authorization }),
        ...headers,
      },
      body: content === undefined || content instanceof Uint8Array ? content : watch.touching(content),
      signal: watch.signal,
      fresh: repeatability === "unsafe",
    };
  }

  async #refusal(where: string, response: TransportResponse): Promise<MlflowError> {
    const { status, headers } = response;
    // A body that breaks off must not hide the status.
    const text = await textOf(response).catch(() => "");
    const retryAfterMs = parseRetryAfter(headers["retry-after"], Date.now());
    const answer = asRecord(text);
    if (answer === undefined && text.startsWith("{"))
      return badResponse(where, `expected an error in JSON with status ${status}, got half of one`);
    if (typeof answer?.["error_code"] !== "string" && status !== 401 && status !== 403)
      return notMlflow(where, { status, errorCode: "UNKNOWN", serverMessage: oneLine(text), retryAfterMs });
    const errorCode = typeof answer?.["error_code"] === "string" ? answer["error_code"] : "UNKNOWN";
    const serverMessage = typeof answer?.["message"] === "string" ? shortened(answer["message"]) : oneLine(text);
    const withCredentials = this.options.authorization !== undefined;
    return apiFailure(where, { status, errorCode, serverMessage, retryAfterMs, withCredentials });
  }
}

/** Aborts an attempt that stands still: every chunk that passes starts the time anew. */
class Watch {
  readonly #controller = new AbortController();
  readonly #timer: NodeJS.Timeout;
  readonly #forward: () => void;
  expired = false;

  constructor(
    limitMs: number,
    private readonly outer: AbortSignal | undefined,
  ) {
    this.#timer = setTimeout(() => {
      this.expired = true;
      this.#controller.abort(new Error("timed out"));
    }, limitMs);
    this.#forward = () => this.#controller.abort(outer?.reason);
    outer?.addEventListener("abort", this.#forward, { once: true });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  async *touching(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      this.#timer.refresh();
      yield chunk;
    }
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.outer?.removeEventListener("abort", this.#forward);
  }
}

function queryOf(query: Query = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query))
    for (const one of Array.isArray(value) ? (value as readonly string[]) : [value as string | number | undefined])
      if (one !== undefined) search.append(name, String(one));
  const text = search.toString();
  return text === "" ? "" : `?${text}`;
}

async function textOf({ body }: TransportResponse): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

function parseAnswer(where: string, text: string): Fields {
  try {
    return new Fields(JSON.parse(text), where);
  } catch (cause) {
    if (cause instanceof MlflowError) throw cause;
    throw badResponse(where, `expected JSON, got ${JSON.stringify(oneLine(text))}`, cause);
  }
}

function asRecord(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** The words of a page without its tags. */
const oneLine = (text: string): string =>
  text
    .replaceAll(/<(?:style|script)[\s\S]*?<\/(?:style|script)>/giu, " ")
    .replaceAll(/<[^>]*>/gu, " ")
    .replaceAll(/\s+/gu, " ")
    .trim()
    .slice(0, PAGE_START);

const SERVER_WORDS = 400;

/** The server's words on one line: some come with a whole SQL statement. */
function shortened(message: string): string {
  const line = message.replaceAll(/\s+/gu, " ").trim();
  return line.length > SERVER_WORDS ? `${line.slice(0, SERVER_WORDS)}…` : line;
}

/** A failure of our own, for example of the source of an upload, that went through the transport. */
const unwrapped = ({ cause }: TransportError): MlflowError | undefined =>
  cause instanceof MlflowError ? cause : undefined;

const isNetworkError = (error: unknown): boolean =>
  error instanceof Error && "code" in error && typeof error.code === "string" && !error.code.startsWith("ERR_INVALID");
