/** @file A loopback HTTP proxy that does to a client everything that networks, proxies and dying servers do. */
import {
  createServer,
  request as httpRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";

export const FAULTS = [
  /** The server never sees the request. */
  "408",
  "429",
  "500",
  "502",
  "503",
  "504",
  "html-404",
  /** No answer for `hangMs`, then the connection is closed; the server never sees the request. */
  "hang",
  /** The connection is closed when the head of the request has come; the server never sees it. */
  "reset-before-body",
  /** The server has carried the request out, and its answer is lost. */
  "reset-after-commit",
  /** The server has carried the request out, and half of its answer comes, as if it were all. */
  "truncated-json",
] as const;
export type Fault = (typeof FAULTS)[number];

export interface ProxiedRequest {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  /** From 0, in the order in which they came. */
  readonly number: number;
}

export interface ChaosProxy {
  readonly url: string;
  /** What came, with what was done to it. */
  readonly requests: readonly (ProxiedRequest & { readonly fault: Fault | undefined })[];
  /** Where requests go; may be changed when the server comes back elsewhere. */
  target: string;
  /** What to do to a request; undefined lets it through. */
  decide: (request: ProxiedRequest) => Fault | undefined;
  close(): Promise<void>;
}

export interface ChaosOptions {
  /** `http://host:port` of the real server. */
  readonly target: string;
  readonly decide?: ChaosProxy["decide"];
  /** Default: 30 s. */
  readonly hangMs?: number;
  /** Seconds in the header of a 429; default: 1. */
  readonly retryAfter?: number;
}

export async function startChaosProxy(options: ChaosOptions): Promise<ChaosProxy> {
  const { hangMs = 30_000, retryAfter = 1 } = options;
  const requests: ChaosProxy["requests"][number][] = [];
  const timers = new Set<NodeJS.Timeout>();
  const server = createServer((incoming, outgoing) => {
    const seen = { method: incoming.method ?? "", path: incoming.url ?? "", number: requests.length };
    const fault = proxy.decide(seen);
    requests.push({ ...seen, fault });
    // A client may have gone, on purpose or because we have cut it off.
    incoming.on("error", () => undefined);
    outgoing.on("error", () => undefined);
    if (fault === "reset-before-body") incoming.socket.destroy();
    else if (fault === "hang") timers.add(setTimeout(() => incoming.socket.destroy(), hangMs));
    else if (fault === "html-404") answer(incoming, outgoing, { status: 404, headers: {}, page: PAGE });
    else if (fault !== undefined && /^\d+$/u.test(fault)) {
      const headers: Record<string, string> = fault === "429" ? { "retry-after": `${retryAfter}` } : {};
      answer(incoming, outgoing, { status: Number(fault), headers, page: "<html><h1>Bad Gateway</h1></html>" });
    } else forward(proxy.target, { incoming, outgoing, fault });
  });
  const proxy: ChaosProxy = {
    url: await new Promise<string>((resolve) => {
      server.listen(0, "127.0.0.1", () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
    }),
    requests,
    target: options.target,
    decide: options.decide ?? (() => undefined),
    async close() {
      for (const timer of timers) clearTimeout(timer);
      server.closeAllConnections();
      await new Promise((resolve) => void server.close(resolve));
    },
  };
  return proxy;
}

const PAGE = "<!doctype html><html><head><title>404</title></head><body><h1>Not Found</h1>\n<p>nginx</p></body></html>";

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly page: string;
}

/** After the request has been read: a client that is still sending would see a reset instead of the status. */
function answer(incoming: IncomingMessage, outgoing: ServerResponse, { status, headers, page }: Answer): void {
  incoming.resume();
  incoming.on("end", () => {
    outgoing.writeHead(status, { "content-type": "text/html", ...headers });
    outgoing.end(page);
  });
}

interface Exchange {
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
  readonly fault: Fault | undefined;
}

function forward(target: string, { incoming, outgoing, fault }: Exchange): void {
  const { host } = new URL(target);
  const options = {
    method: incoming.method,
    headers: { ...incoming.headers, host, connection: "close" },
    agent: false,
  };
  const upstream = httpRequest(`${target}${incoming.url}`, options, (response) => {
    const chunks: Buffer[] = [];
    response.on("data", (chunk: Buffer) => chunks.push(chunk));
    response.on("error", () => incoming.socket.destroy());
    response.on("end", () => {
      if (fault === "reset-after-commit") {
        incoming.socket.destroy();
        return;
      }
      const whole = Buffer.concat(chunks);
      const body = fault === "truncated-json" ? whole.subarray(0, Math.floor(whole.byteLength / 2)) : whole;
      outgoing.writeHead(response.statusCode ?? 502, { ...kept(response.headers), "content-length": body.byteLength });
      outgoing.end(body);
    });
  });
  // The server is away: what a client sees of that without a proxy is a closed connection.
  upstream.on("error", () => incoming.socket.destroy());
  incoming.on("close", () => {
    if (!incoming.complete) upstream.destroy();
  });
  incoming.pipe(upstream);
}

/** The body has a length of its own now, and the connection to the client is ours. */
function kept(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const own = new Set(["transfer-encoding", "connection"]);
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !own.has(name)));
}
