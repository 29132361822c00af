/**
 * @file Trials as jobs of a Ray cluster: submitted, watched, stopped; found again after a restart on either side.
 *
 * LIMIT: places are those of the machines that are there now. A cluster that grows when it is asked to grows only as far as
 * trials of ours that fit keep it busy, and is refused while it has no machine that could hold one.
 */
import type { GanError } from "@gan-arena/core/base";
import type { ExecutorContext, ExecutorSession, JobEnd, JobHandle, OnMessage, TrialJob } from "../contract.js";
import { badEnvironment, noNode, notRay, refusedJob, tokenRejected, tooSmall, unreachable } from "../errors.js";
import {
  capacityOf,
  jobOf,
  jobsOf,
  logsOf,
  type Answer,
  type Capacity,
  type RayClient,
  type RayJob,
} from "./client.js";
import { LogReader } from "./output.js";
import type { RaySettings } from "./settings.js";

const wait = (seconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1000 * seconds));

/** The cluster's figures are up to five seconds old: what we ran meanwhile is not taken for somebody else's. */
const FIGURES_AGE_MS = 8_000;
/** Logs come whole each time: a longer one is looked at less often. */
const SECONDS_PER_MEBIBYTE = 1;

/** Needs of one trial, by the names of Ray's resources. */
const needsOf = (settings: RaySettings, threads: number): Record<string, number> => ({
  CPU: settings.cpus ?? Math.max(1, threads),
  ...(settings.gpus > 0 ? { GPU: settings.gpus } : {}),
  ...(settings.memoryGiB === undefined ? {} : { memory: settings.memoryGiB * 2 ** 30 }),
  ...settings.resources,
});

const quote = (word: string): string =>
  /^[\w./:@=+,-]+$/u.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;

export class RaySession implements ExecutorSession {
  private readonly needs: Readonly<Record<string, number>>;
  private readonly running = new Set<string>();
  /** When each of our jobs was last under way. */
  private readonly seen = new Map<string, number>();
  private capacity: { readonly at: number; readonly value: Capacity | undefined } | undefined;
  private closed = false;
  private away = false;
  private full = false;

  constructor(
    private readonly client: RayClient,
    private readonly settings: RaySettings,
    private readonly context: ExecutorContext,
    /** `runtime_env.working_dir`. */
    private readonly workingDir: string | undefined,
  ) {
    this.needs = needsOf(settings, context.threads);
  }

  /** Jobs of an earlier runner that are still under way are ours: their places are not taken by others. */
  async recall(): Promise<void> {
    const answer = await this.reach(() => this.client.call("GET", "/api/jobs/"));
    if (answer.status !== 200) return;
    for (const { submission_id: name, status, metadata } of jobsOf(answer))
      if (name && metadata?.["sweep"] === this.context.sweepId && isUnderWay(status)) this.seen.set(name, Date.now());
  }

  async slots(): Promise<number> {
    const capacity = await this.readCapacity();
    // A cluster that does not tell what it has is asked for one trial after the other, and queues it itself.
    if (!capacity) return 1;
    const { nodes, usage } = capacity;
    const total = nodes.reduce((sum, node) => sum + this.fitting(node), 0);
    if (total === 0) throw this.lacking(nodes);
    const now = Date.now();
    for (const [name, at] of this.seen)
      if (now - at > FIGURES_AGE_MS && !this.running.has(name)) this.seen.delete(name);
    const cpu = this.needs["CPU"] ?? 1;
    const others = Math.max(0, (usage["CPU"]?.[0] ?? 0) - this.seen.size * cpu);
    const slots = Math.max(0, Math.min(this.context.workers, total - Math.ceil(others / cpu - 1e-9)));
    const full = slots === 0;
    if (full && !this.full)
      this.context.note(
        `the cluster at ${this.client.address} is full: ${others} CPUs are used by others; trials start when some get free`,
      );
    this.full = full;
    return slots;
  }

  async submit(job: TrialJob, onMessage: OnMessage): Promise<JobHandle> {
    const { gpus, memoryGiB, resources, image, env, command } = this.settings;
    const globals = this.settings.home === undefined ? this.context.globals : homeOf(this.context, this.settings.home);
    const answer = await this.reach(() =>
      this.client.submit({
        submission_id: job.name,
        entrypoint: [command, ...[...job.words, ...globals, "--events"].map(quote)].join(" "),
        // Without a request for CPUs Ray would start every job on the head.
        entrypoint_num_cpus: this.needs["CPU"] ?? 1,
        ...(gpus > 0 ? { entrypoint_num_gpus: gpus } : {}),
        ...(memoryGiB === undefined ? {} : { entrypoint_memory: Math.round(memoryGiB * 2 ** 30) }),
        ...(Object.keys(resources).length > 0 ? { entrypoint_resources: resources } : {}),
        runtime_env: {
          env_vars: { NO_COLOR: "1", ...env },
          ...(this.workingDir === undefined ? {} : { working_dir: this.workingDir }),
          ...(image === undefined ? {} : { image_uri: image }),
        },
        metadata: { sweep: this.context.sweepId, trial: String(job.trial), seed: String(job.seed) },
      }),
    );
    // When the answer to an earlier try was lost, the job is there already: it is ours, for nobody else has its name.
    const there = answer.status !== 200 && answer.text.includes("already exists");
    if (answer.status !== 200 && !there) throw refusedJob(job.name, answer.status, answer.text);
    return this.watch(job.name, onMessage);
  }

  async adopt(job: TrialJob, onMessage: OnMessage): Promise<JobHandle | undefined> {
    const answer = await this.reach(() => this.client.job(job.name));
    return answer.status === 404 ? undefined : this.watch(job.name, onMessage);
  }

  close(): Promise<void> {
    this.closed = true;
    return Promise.resolve();
  }

  private watch(name: string, onMessage: OnMessage): JobHandle {
    this.running.add(name);
    this.seen.set(name, Date.now());
    const done = this.follow(name, new LogReader(onMessage)).finally(() => {
      this.running.delete(name);
      this.seen.set(name, Date.now());
    });
    const stop = () => void this.client.stop(name).catch(() => undefined);
    return { done, stop, kill: stop };
  }

  private async follow(name: string, log: LogReader): Promise<JobEnd> {
    const failed = (outage: unknown): JobEnd => ({
      exitCode: null,
      signal: null,
      lastWords: log.lastWords,
      outage: outage as Error,
    });
    for (;;) {
      let bytes = 0;
      try {
        // First the status, then the log: the log of a job that has ended is whole.
        const status = await this.reach(() => this.client.job(name));
        if (status.status === 404) return { exitCode: null, signal: null, lastWords: LOST };
        const job = jobOf(status);
        const ended = !isUnderWay(job.status);
        if (job.status !== "PENDING") {
          const answer = await this.reach(() => this.client.logs(name));
          if (answer.status === 200) {
            const text = logsOf(answer);
            bytes = text.length;
            log.take(text, ended);
          }
        }
        if (ended) return this.endOf(name, job, log);
      } catch (error) {
        return failed(error);
      }
      if (this.closed) return { exitCode: 130, signal: null, lastWords: log.lastWords };
      await wait(this.settings.poll + (SECONDS_PER_MEBIBYTE * bytes) / 2 ** 20);
    }
  }

  private endOf(name: string, job: RayJob, log: LogReader): JobEnd {
    const code = job.driver_exit_code ?? null;
    const message = job.message ?? "";
    const end = { exitCode: code, signal: null, lastWords: log.lastWords };
    if (job.status === "SUCCEEDED") return { ...end, exitCode: 0 };
    if (job.status === "STOPPED") return { ...end, exitCode: 130 };
    if (code === 126 || code === 127)
      return { ...end, outage: noNode(this.settings.command, log.lastWords || message) };
    if (/RUNTIME_ENV/u.test(job.error_type ?? "")) return { ...end, outage: badEnvironment(name, message) };
    if (code !== null && code < 0) return { ...end, exitCode: null, signal: `signal ${-code}` };
    return code === null ? { ...end, lastWords: message.split("\n")[0] ?? "" } : end;
  }

  /**
   * Calls until there is an answer: a head that was dropped may come back.
   * @throws GanError when it stays away, rejects the token, or is no Ray
   */
  private async reach(call: () => Promise<Answer>): Promise<Answer> {
    const since = Date.now();
    for (let pause = 0.2; ; pause = Math.min(5, pause * 2)) {
      let reason: string;
      try {
        const answer = await call();
        if (answer.status === 401 || answer.status === 403)
          throw tokenRejected(this.client.address, this.client.hasToken);
        if (!isAway(answer)) {
          if (this.away) this.context.note(`the cluster at ${this.client.address} is back`);
          this.away = false;
          return answer;
        }
        reason = `HTTP ${answer.status}`;
      } catch (error) {
        if (isGanError(error)) throw error;
        reason = reasonOf(error);
      }
      const { patience } = this.settings;
      if (this.closed || Date.now() - since > 1000 * patience) throw unreachable(this.client.address, reason);
      if (!this.away)
        this.context.note(
          `the cluster at ${this.client.address} does not answer (${reason}); trying for ${patience} s`,
        );
      this.away = true;
      await wait(pause);
    }
  }

  private async readCapacity(): Promise<Capacity | undefined> {
    if (this.capacity && Date.now() - this.capacity.at < 1000) return this.capacity.value;
    const answer = await this.reach(() => this.client.call("GET", "/api/cluster_status"));
    let value: Capacity | undefined;
    try {
      value = answer.status === 200 ? capacityOf(answer) : undefined;
    } catch {
      throw notRay(this.client.address, `not JSON at /api/cluster_status`);
    }
    this.capacity = { at: Date.now(), value };
    return value;
  }

  /** How many trials a node could hold if it were empty. */
  private fitting(node: Readonly<Record<string, number>>): number {
    return Math.min(
      ...Object.entries(this.needs).map(([name, need]) =>
        need > 0 ? Math.floor((node[name] ?? 0) / need + 1e-9) : Infinity,
      ),
    );
  }

  private lacking(nodes: readonly Readonly<Record<string, number>>[]): GanError {
    const most = (name: string) => Math.max(0, ...nodes.map((node) => node[name] ?? 0));
    const [name, need] = Object.entries(this.needs).find(([what, amount]) => most(what) < amount) ?? ["CPU", 1];
    return tooSmall(this.client.address, name, need, most(name));
  }
}

const isUnderWay = (status: RayJob["status"]): boolean => status === "PENDING" || status === "RUNNING";

const LOST = "the cluster no longer knows the job; its head may have been started anew";

/** What proxies and a head that is starting answer. */
const isAway = ({ status, text }: Answer): boolean =>
  status === 502 ||
  status === 503 ||
  status === 504 ||
  (status === 500 && /agent|unavailable|timed? ?out/iu.test(text) && !text.includes("already exists"));

const isGanError = (error: unknown): error is GanError => error instanceof Error && error.name === "GanError";

const reasonOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  return ("code" in error && typeof error.code === "string" && error.code) || error.message;
};

/** The cluster's own folder instead of the one of this machine. */
const homeOf = ({ globals }: ExecutorContext, home: string): string[] => {
  const at = globals.indexOf("--home");
  return at < 0 ? [...globals, "--home", home] : [...globals.slice(0, at), "--home", home, ...globals.slice(at + 2)];
};
