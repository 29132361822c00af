/**
 * @file An executor whose trials are functions that sleep: the runner is tested with it, not the training.
 *
 * STUB_FAIL: what goes wrong, by trial: `1:NaN,3:exit2,4:crash`. STUB_MS: how long a trial takes, in milliseconds. STUB_LOG: a file that gets a line for each job that is begun or ended,
 * with the time at its end.
 */
import { appendFileSync } from "node:fs";

const EXECUTOR = Symbol.for("gan-arena/executor");

const log = (line) => {
  if (process.env.STUB_LOG) appendFileSync(process.env.STUB_LOG, `${line} ${Date.now()}\n`);
};

/** Best at lr = 1e-3 and beta1 = 0.5; the seed adds a little. */
const scoreOf = ({ params, seed }) =>
  (Math.log10(params.lr) + 3) ** 2 + (params.beta1 - 0.5) ** 2 + ((seed * 7919) % 97) / 9700;

const failureOf = ({ trial }) =>
  (process.env.STUB_FAIL ?? "")
    .split(",")
    .find((entry) => entry.startsWith(`${trial}:`))
    ?.split(":")[1];

const ENDS = {
  exit2: { exitCode: 2, signal: null, lastWords: "" },
  crash: { exitCode: null, signal: "SIGSEGV", lastWords: "" },
};

function play(job, onMessage) {
  const failure = failureOf(job);
  const milliseconds = Number(process.env.STUB_MS ?? 0);
  const value = failure === "NaN" ? "NaN" : scoreOf(job);
  const reports = [1, 2, 3, 4];
  let timer;
  let end = () => undefined;
  const done = new Promise((resolve) => {
    end = (exitCode) => {
      clearTimeout(timer);
      log(`end ${job.name} ${exitCode}`);
      resolve({ exitCode, signal: null, lastWords: "" });
    };
    const next = () => {
      const step = reports.shift();
      if (step === undefined) {
        const metrics = { "swd-points2k": value };
        onMessage({ kind: "result", status: "finished", metrics, kimg: 4, seconds: 0.1, gradientEvaluations: 8 });
        end(0);
        return;
      }
      onMessage({
        kind: "metric",
        name: "swd-points2k",
        kimg: step,
        value: value === "NaN" ? value : value + 4 - step,
      });
      timer = setTimeout(next, milliseconds / 5);
    };
    if (failure === "exit2") onMessage({ kind: "error", code: "BAD_CONFIG", message: "[stub] no such setting" });
    if (ENDS[failure]) return resolve(ENDS[failure]);
    log(`begin ${job.name} ${JSON.stringify(job.params)} ${job.seed}`);
    timer = setTimeout(next, milliseconds / 5);
  });
  return { done, stop: () => end(130), kill: () => end(130) };
}

const stub = {
  name: "stub",
  summary: "functions that sleep",
  open: async ({ workers }) => ({
    slots: async () => workers,
    submit: async (job, onMessage) => play(job, onMessage),
    close: async () => undefined,
  }),
};

export const register = (container) => container.register(EXECUTOR, { useValue: stub });
