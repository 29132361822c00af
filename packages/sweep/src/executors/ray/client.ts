/**
 * @file The few calls of Ray's Jobs REST API that are needed.
 *
 * Through `node:http`: Ray refuses requests that a browser could have sent, and takes `fetch` of Node for one.
 */
import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";

export interface Answer {
  readonly status: number;
  readonly text: string;
}

/** The status of a job as the cluster tells it. */
export interface RayJob {
  readonly status: "PENDING" | "RUNNING" | "STOPPED" | "SUCCEEDED" | "FAILED";
  readonly message?: string | null;
  readonly error_type?: string | null;
  readonly driver_exit_code?: number | null;
  /** What it was submitted with; null for a job that was not submitted. */
  readonly submission_id?: string | null;
  readonly metadata?: Readonly<Record<string, string>> | null;
}

/** What is submitted. */
export interface RaySubmission {
  readonly entrypoint: string;
  readonly submission_id: string;
  readonly runtime_env?: Readonly<Record<string, unknown>>;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly entrypoint_num_cpus: number;
  readonly entrypoint_num_gpus?: number;
  readonly entrypoint_memory?: number;
  readonly entrypoint_resources?: Readonly<Record<string, number>>;
}

/** `[used, total]` by name of resource. */
type Usage = Readonly<Record<string, readonly [used: number, total: number]>>;

const TIMEOUT_MS = 30_000;
/** A log that is longer is cut off by us, not by the memory of this machine. */
const MOST_BYTES = 256 * 2 ** 20;

export class RayClient {
  constructor(
    /** For example `http://127.0.0.1:8265`. */
    readonly address: string,
    private readonly token: string | undefined,
  ) {}

  get hasToken(): boolean {
    return this.token !== undefined;
  }

  /** Rejects with the system's error when there is no answer. */
  call(method: "GET" | "POST" | "PUT" | "DELETE", path: string, body?: Uint8Array): Promise<Answer> {
    const url = new URL(path, this.address);
    const request = url.protocol === "https:" ? requestHttps : requestHttp;
    const headers = {
      ...(body === undefined ? {} : { "content-length": String(body.byteLength), "content-type": TYPES[method] }),
      ...(this.token === undefined ? {} : { authorization: `Bearer ${this.token}` }),
    };
    return new Promise((resolve, reject) => {
      const outgoing = request(url, { method, headers, timeout: TIMEOUT_MS }, (incoming) => {
        const chunks: Buffer[] = [];
        let bytes = 0;
        incoming.on("data", (chunk: Buffer) => {
          bytes += chunk.length;
          if (bytes > MOST_BYTES) incoming.destroy(new Error("the answer is too long"));
          else chunks.push(chunk);
        });
        incoming.on("error", reject);
        incoming.on("end", () =>
          resolve({ status: incoming.statusCode ?? 0, text: Buffer.concat(chunks).toString("utf8") }),
        );
      });
      outgoing.on("timeout", () => outgoing.destroy(new Error(`no answer in ${TIMEOUT_MS / 1000} s`)));
      outgoing.on("error", reject);
      outgoing.end(body);
    });
  }

  submit(submission: RaySubmission): Promise<Answer> {
    // With the slash at the end: without it Ray redirects, and a redirected POST loses its body.
    return this.call("POST", "/api/jobs/", Buffer.from(JSON.stringify(submission)));
  }

  /** Undefined when the cluster does not know the job. */
  job(name: string): Promise<Answer> {
    return this.call("GET", `/api/jobs/${encodeURIComponent(name)}`);
  }

  logs(name: string): Promise<Answer> {
    return this.call("GET", `/api/jobs/${encodeURIComponent(name)}/logs`);
  }

  stop(name: string): Promise<Answer> {
    return this.call("POST", `/api/jobs/${encodeURIComponent(name)}/stop`);
  }
}

const TYPES = {
  GET: "application/json",
  DELETE: "application/json",
  POST: "application/json",
  PUT: "application/octet-stream",
} as const;

/** @throws SyntaxError when the answer is no JSON */
export const jobOf = ({ text }: Answer): RayJob => JSON.parse(text) as RayJob;

export const jobsOf = ({ text }: Answer): RayJob[] => JSON.parse(text) as RayJob[];

export const logsOf = ({ text }: Answer): string => (JSON.parse(text) as { logs?: string }).logs ?? "";

interface ClusterStatus {
  readonly data?: {
    readonly clusterStatus?: { readonly loadMetricsReport?: LoadReport | null } | null;
  };
}
interface LoadReport {
  readonly usage?: Usage;
  readonly nodeTypes?: readonly (readonly [Readonly<Record<string, number>>, number])[];
}

export interface Capacity {
  readonly usage: Usage;
  /** What each node has. */
  readonly nodes: readonly Readonly<Record<string, number>>[];
}

/** Undefined when the cluster does not say, as one does that has only just started. */
export function capacityOf({ text }: Answer): Capacity | undefined {
  const report = (JSON.parse(text) as ClusterStatus).data?.clusterStatus?.loadMetricsReport;
  if (!report?.usage?.["CPU"]) return undefined;
  return { usage: report.usage, nodes: (report.nodeTypes ?? []).map(([node]) => node) };
}
