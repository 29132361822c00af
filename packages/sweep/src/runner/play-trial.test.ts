/** @file One trial: pruned, crashed, failed, found again after its runner was killed, and gone on with another one's weights. */
import { readFileSync, writeFileSync } from "node:fs";
import { GanError } from "@gan-arena/core/base";
import { describe, expect, test } from "vitest";
import { brief, freshFile, Place, score, session, Study, type Play } from "../../test-support/runner.js";
import type { JobEnd, OnMessage, TrialJob } from "../executors/index.js";
import { readJournal, type JournalRecord } from "../journal/index.js";
import type { SweepRequest } from "./run-sweep.js";

describe("a trial that is pruned", () => {
  const bad: Play = async (_job, say, stopped) => {
    say({ kind: "metric", name: "m", kimg: 1, value: 500 });
    await stopped;
    // What a run says after it was told to stop changes nothing.
    say({ kind: "metric", name: "m", kimg: 1.5, value: 0 });
    say({ kind: "result", status: "finished", metrics: { m: 0 }, kimg: 2, seconds: 1, gradientEvaluations: 4 });
    return { exitCode: 130 };
  };
  test("is stopped, and keeps the value that it was pruned at", async () => {
    const { trials } = await session(new Place(bad), { trials: 1 });
    expect(trials[0]).toMatchObject({ state: "pruned", values: [500], message: "pruned at 1 kimg" });
  });
  test("also when it is over before it can be stopped: what it reported decides, not who was quicker", async () => {
    const quick: Play = (_job, say) => {
      say({ kind: "metric", name: "m", kimg: 1, value: 500 });
      say({ kind: "metric", name: "m", kimg: 2, value: 0 });
      say({ kind: "result", status: "finished", metrics: { m: 0 }, kimg: 2, seconds: 1, gradientEvaluations: 4 });
      return Promise.resolve({});
    };
    const { trials } = await session(new Place(quick), { trials: 1 });
    expect(trials[0]).toMatchObject({ state: "pruned", values: [500], message: "pruned at 1 kimg", runs: [] });
  });
  test("not at its last step, where there is nothing to save", async () => {
    const late: Play = (_job, say) => {
      say({ kind: "metric", name: "m", kimg: 2, value: 500 });
      say({ kind: "result", status: "finished", metrics: { m: 500 }, kimg: 2, seconds: 1, gradientEvaluations: 4 });
      return Promise.resolve({});
    };
    expect(brief((await session(new Place(late), { trials: 1 })).trials)).toEqual([[0, "complete", 500]]);
  });
  test("also when the runner was killed between the report and the decision: without another job", async () => {
    const file = freshFile();
    const records: JournalRecord[] = [
      { kind: "trial", trial: 0, params: { x: 0 }, seeds: [0] },
      { kind: "attempt", trial: 0, seed: 0, job: "s-t0000-s0-a0", executor: "stub" },
      { kind: "report", trial: 0, step: 1, value: 500 },
    ];
    writeFileSync(file, records.map((record) => `${JSON.stringify(record)}\n`).join(""));
    const place = new Place(score);
    const { trials } = await session(place, { file, trials: 1 });
    expect(brief(trials)).toEqual([[0, "pruned", 500]]);
    expect(place.jobs).toEqual([]);
  });
});

describe("ends that are not good", () => {
  const ending = (end: Partial<JobEnd>, error?: { code: string; message: string }): Play => {
    return (_job, say) => {
      if (error) say({ kind: "error", exitCode: 2, ...error });
      return Promise.resolve(end);
    };
  };
  test.each([
    [
      "a crash is tried again, up to a limit",
      ending({ exitCode: null, signal: "SIGSEGV", lastWords: "boom\n" }),
      3,
      "it crashed 3 times: its process ended with SIGSEGV: boom",
    ],
    [
      "75 asks for it",
      ending({ exitCode: 75 }),
      3,
      "it crashed 3 times: its process ended with exit code 75, without a word",
    ],
    ["a preemption too", ending({ exitCode: 143 }), 3, "it crashed 3 times: it was interrupted"],
    ["no result is no success", ending({ exitCode: 0 }), 3, "it crashed 3 times: it ended without a result"],
    ["the user's error is not", ending({ exitCode: 2 }, { code: "BAD_CONFIG", message: "[x] no" }), 1, "[x] no"],
    ["nor 42", ending({ exitCode: 42, lastWords: "never" }), 1, "its process ended with exit code 42: never"],
    [
      "nor a loss that is not finite: the same seed would give it again",
      ending({ exitCode: 2 }, { code: "NOT_FINITE", message: "[D/x] NaN" }),
      1,
      "[D/x] NaN",
    ],
  ])("%s", async (_what, play, jobs, message) => {
    const place = new Place(play);
    const { trials, study } = await session(place, { trials: 1 });
    expect(trials[0]).toMatchObject({ state: "failed", values: [], message });
    expect(place.jobs.length).toBe(jobs);
    expect(new Set(place.jobs.map(({ name }) => name)).size).toBe(jobs);
    expect(study.told.at(-1)).toBe("end 0 failed ");
  });

  test("NaN is a failed trial, an infinity is a value", async () => {
    const odd = (value: string): Play => {
      return (_job, say) => {
        say({ kind: "metric", name: "m", kimg: 2, value });
        say({ kind: "result", status: "finished", metrics: { m: null }, kimg: 2, seconds: 1, gradientEvaluations: 4 });
        return Promise.resolve({});
      };
    };
    expect((await session(new Place(odd("NaN")), { trials: 1 })).trials[0]).toMatchObject({
      state: "failed",
      message: "m is not a number",
    });
    expect(brief((await session(new Place(odd("Infinity")), { trials: 1 })).trials)).toEqual([
      [0, "complete", Infinity],
    ]);
  });

  test("an objective that the run does not compute is named, with what it does", async () => {
    const { trials } = await session(new Place(score), { trials: 1, objectives: [{ name: "mm", goal: "minimize" }] });
    expect(trials[0]?.message).toBe(
      '[metric mm] the run ended without a value of it; did you mean "m"? (known: kimg, m, seconds)',
    );
  });

  test("when every trial fails the sweep stops and says how to go on", async () => {
    const place = new Place(ending({ exitCode: 2 }, { code: "UNKNOWN_NAME", message: "[data set] no such" }));
    await expect(session(place, { trials: 50 })).rejects.toThrow(
      "[s] the first 3 trials all failed, the last one so: [data set] no such; mend that, then go on with: " +
        "gan-arena sweep resume s --retry-failed",
    );
    expect(place.jobs.length).toBe(3);
  });

  test("a failure of the place stops the sweep and leaves the trial open", async () => {
    const file = freshFile();
    const outage = new GanError("MISSING_DEPENDENCY", "[ray] gone");
    await expect(session(new Place(ending({ exitCode: null, outage })), { file })).rejects.toThrow("[ray] gone");
    const { state } = await readJournal(file);
    expect(brief([...state.trials.values()])).toEqual([[0, "open"]]);
    expect(brief((await session(new Place(score), { file })).trials).length).toBe(3);
  });

  test("a full disk too, in words that say how to go on", async () => {
    const place = new Place(
      ending({ exitCode: 2 }, { code: "NO_SPACE", message: "[r1] no space is left at /x; free some" }),
    );
    await expect(session(place)).rejects.toThrow(
      "[s] the sweep stops: no space is left at /x; free some; then go on with: gan-arena sweep resume s",
    );
  });
});

describe("a job that an earlier runner has left behind", () => {
  const left: JournalRecord[] = [
    { kind: "trial", trial: 0, params: { x: 0 }, seeds: [0] },
    { kind: "attempt", trial: 0, seed: 0, job: "s-t0000-s0-a0", executor: "stub" },
    { kind: "report", trial: 0, step: 1, value: 1 },
  ];
  /** A place that still knows the job, which plays as `play` says, or has never heard of it. */
  const resumed = async (play: Play | undefined, records = left, study = new Study()) => {
    const file = freshFile();
    writeFileSync(file, records.map((record) => `${JSON.stringify(record)}\n`).join(""));
    const place = new Place(score);
    const adopted: string[] = [];
    Object.assign(place, {
      adopt: (job: TrialJob, onMessage: OnMessage) => {
        adopted.push(job.name);
        return play ? new Place(play).submit(job, onMessage) : Promise.resolve(undefined);
      },
    });
    return {
      ...(await session(place, { file, trials: 1, retries: 0, study })),
      adopted,
      submitted: place.jobs.map(({ name }) => name),
    };
  };
  test("is heard from its first word, which changes nothing that is known already", async () => {
    const { trials, adopted, submitted, study } = await resumed(score);
    expect(adopted).toEqual(["s-t0000-s0-a0"]);
    expect(submitted).toEqual([]);
    expect(brief(trials)).toEqual([[0, "complete", 0]]);
    expect(study.told.filter((line) => line.startsWith("report"))).toEqual(["report 0 1 1", "report 0 2 0"]);
  });
  test("and was stopped with it is begun anew, which is no crash", async () => {
    const { trials, submitted } = await resumed(() => Promise.resolve({ exitCode: 130 }));
    expect(submitted).toEqual(["s-t0000-s0-a1"]);
    expect(brief(trials)).toEqual([[0, "complete", 0]]);
  });
  test("and is not there, or not yet, is handed over under the same name: two of it can never be under way", async () => {
    const { trials, submitted, file } = await resumed(undefined);
    expect(submitted).toEqual(["s-t0000-s0-a0"]);
    expect(brief(trials)).toEqual([[0, "complete", 0]]);
    const { records } = await readJournal(file);
    expect(records.filter(({ kind }) => kind === "attempt").length).toBe(1);
  });
  test.each([
    ["pruned", new Study(), [[0, "pruned", 500]], []],
    [
      "sent to another one's weights",
      new (class extends Study {
        override shouldPrune = () => false;
        override exploits = () => ({ from: 0, params: { x: 2 } });
      })(),
      [[0, "complete", 2]],
      ["s-t0000-s0-fork1-a1"],
    ],
  ])(
    "is stopped when its trial is %s by its last report, which nobody had decided on",
    async (_what, study, ...come) => {
      let stopped = false;
      const endless: Play = async (_job, _say, asked) => {
        await asked;
        stopped = true;
        return { exitCode: 130 };
      };
      const bad = left.map((record) => (record.kind === "report" ? { ...record, value: 500 } : record));
      const { trials, submitted } = await resumed(endless, bad, study);
      expect(stopped).toBe(true);
      expect([brief(trials), submitted]).toEqual(come);
    },
  );
});

describe("a trial that takes over the weights of another one", () => {
  /** Trial 1 goes on from trial 0 after a report above 10, with a smaller x. */
  class Population extends Study {
    override exploits(trial: number) {
      const last = this.told.findLast((line) => line.startsWith(`report ${trial} `));
      return trial === 1 && Number(last?.split(" ")[3]) > 10 ? { from: 0, params: { x: 2 } } : undefined;
    }
  }
  const play: Play = async (job, say, stopped) => {
    const end = score(job, say, stopped);
    // A run that is told to stop does so before its result.
    return Promise.race([end, stopped.then(() => ({ exitCode: 130 }))]);
  };
  const forks: (string | undefined)[] = [];
  const plan: SweepRequest["plan"] = ({ forkOf }) => {
    forks.push(forkOf);
    return { words: [], kimg: 2 };
  };

  test("is stopped, gets another run and other settings, and its value is that of the new run", async () => {
    const place = new Place(play);
    const { trials } = await session(place, { study: new Population(), trials: 2, plan });
    expect(brief(trials)).toEqual([
      [0, "complete", 0],
      [1, "complete", 2],
    ]);
    expect(trials[1]).toMatchObject({ params: { x: 2 }, exploit: { step: 1, run: "s-t0000-s0", count: 1 } });
    expect(place.jobs.map(({ name }) => name)).toEqual(["s-t0000-s0-a0", "s-t0001-s0-a0", "s-t0001-s0-fork1-a1"]);
    expect(forks).toEqual([undefined, undefined, "s-t0000-s0"]);
  });

  test("also when the runner was killed between the report and the decision", async () => {
    const whole = await session(new Place(play), { study: new Population(), trials: 2, plan });
    const lines = readFileSync(whole.file, "utf8").split("\n");
    const file = freshFile();
    writeFileSync(
      file,
      `${lines
        .slice(
          0,
          lines.findIndex((line) => line.includes('"exploit"')),
        )
        .join("\n")}\n`,
    );
    const place = new Place(play);
    const resumed = await session(place, { study: new Population(), file, trials: 2, plan });
    expect(brief(resumed.trials)).toEqual(brief(whole.trials));
    expect(place.jobs.map(({ name }) => name)).toEqual(["s-t0001-s0-fork1-a1"]);
  });

  test("copies, of a trial that has itself taken over weights and reported nothing since, the run that those are from", async () => {
    class Mutual extends Study {
      private left = 1;
      override exploits = (trial: number) =>
        trial === 0 && this.left-- > 0 ? { from: 1, params: { x: 2 } } : undefined;
    }
    const trial = (number: number) => ({ kind: "trial", trial: number, params: { x: 1 }, seeds: [0] });
    const report = (number: number) => ({ kind: "report", trial: number, step: 1, value: 5 });
    const fork = { kind: "exploit", trial: 1, step: 1, from: 0, run: "s-t0000-s0", params: { x: 3 } };
    const records = [trial(0), trial(1), report(0), report(1), fork];
    const file = freshFile();
    writeFileSync(file, records.map((record) => `${JSON.stringify(record)}\n`).join(""));
    forks.length = 0;
    const { trials } = await session(new Place(play), { study: new Mutual(), file, trials: 2, plan });
    // Not "s-t0001-s0-fork1", which nobody has begun.
    expect(forks).toEqual(["s-t0000-s0", "s-t0000-s0"]);
    expect(brief(trials)).toEqual([
      [0, "complete", 2],
      [1, "complete", 3],
    ]);
  });
});
