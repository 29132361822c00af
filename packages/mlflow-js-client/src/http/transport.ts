/** @file How a request gets to the server: an interface, and Node's own http and https behind it. */
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { SecureContextOptions } from "node:tls";

export interface TransportRequest {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | AsyncIterable<Uint8Array> | undefined;
  readonly signal: AbortSignal;
  /**
   * Not over a connection that was used before: the server may be closing that one, and then nobody knows whether it
   * has read the request.
   */
  readonly fresh: boolean;
}

export interface TransportResponse {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: AsyncIterable<Uint8Array>;
}

export interface Transport {
  /** @throws TransportError when no answer begins; the signal's reason when it is aborted */
  send(request: TransportRequest): Promise<TransportResponse>;
  /** Closes the connections that are kept open. */
  close(): void;
}

/** No answer. `sent`: bytes of the request may have reached the server. */
export class TransportError extends Error {
  override readonly name = "TransportError";

  constructor(
    override readonly cause: unknown,
    readonly sent: boolean,
  ) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

export interface TlsOptions {
  /** Accepts any certificate: for tests only. */
  readonly insecure?: boolean;
  /** PEM text of the authorities to trust instead of the well-known ones. */
  readonly ca?: string;
  /** PEM text of the client's certificate and key. */
  readonly cert?: string;
  readonly key?: string;
}

/** Shorter than the 5 s after which MLflow's server closes an idle connection. */
const IDLE_MS = 3000;

/** Node's http and https with connections that are kept open between requests. */
export class NodeTransport implements Transport {
  readonly #tls: SecureContextOptions & { readonly rejectUnauthorized?: boolean };
  readonly #http = new HttpAgent({ keepAlive: true, timeout: IDLE_MS });
  readonly #https: HttpsAgent;

  constructor({ insecure = false, ...pem }: TlsOptions = {}) {
    this.#tls = { ...pem, ...(insecure ? { rejectUnauthorized: false } : {}) };
    this.#https = new HttpsAgent({ ...this.#tls, keepAlive: true, timeout: IDLE_MS });
  }

  send({ method, url, headers, body, signal, fresh }: TransportRequest): Promise<TransportResponse> {
    const secure = url.startsWith("https:");
    const agent = fresh ? false : secure ? this.#https : this.#http;
    return new Promise((resolve, reject) => {
      let connected = false;
      const fail = (cause: unknown) =>
        reject(signal.aborted ? (signal.reason as Error) : new TransportError(cause, connected));
      const options = { method, headers, signal, agent, ...(secure ? this.#tls : {}) };
      const outgoing = (secure ? httpsRequest : httpRequest)(url, options);
      outgoing.on("socket", (socket) => {
        if (!socket.connecting) connected = true;
        // Before the handshake of TLS is done no byte of the request has left.
        else socket.once(secure ? "secureConnect" : "connect", () => (connected = true));
      });
      outgoing.on("error", fail);
      outgoing.on("response", (incoming) => resolve(responseOf(incoming)));
      if (body === undefined) outgoing.end();
      else if (body instanceof Uint8Array) outgoing.end(body);
      // A server may answer before it has read everything, and close: then the answer counts, not the broken pipe.
      else pipeline(Readable.from(body, { objectMode: false }), outgoing).catch(fail);
    });
  }

  close(): void {
    this.#http.destroy();
    this.#https.destroy();
  }
}

function responseOf(incoming: IncomingMessage): TransportResponse {
  const headers: Record<string, string | undefined> = {};
  for (const [name, value] of Object.entries(incoming.headers))
    headers[name] = Array.isArray(value) ? value.join(", ") : value;
  return { status: incoming.statusCode ?? 0, headers, body: incoming };
}
