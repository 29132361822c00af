/**
 * @file Every operation on the disk fails once, in turn, at every place where it happens, until a session runs through:
 * the pattern of SQLite's fault tests. The files are real; only the failure is made.
 */
import { readdirSync } from "node:fs";
import { inspect, isDeepStrictEqual } from "node:util";
import { GanError, type RunEvent } from "@gan-arena/core/base";
import { describe, expect, it } from "vitest";
import { at, metric, specOf, status as statusEvent, temporaryHome, terms } from "../test-support/support.js";
import { nodeFileSystem, type FileSystem } from "./file-system.js";
import { readEvents } from "./events.js";
import { RunStore } from "./run-store.js";

interface Faults {
  /** The number, from 1, of the operation that fails. */
  readonly failAt: number;
  readonly code: string;
  /** A disk that is full stays full; a passing fault happens once. */
  readonly lasting: boolean;
}

function faulty({ failAt, code, lasting }: Faults): { fs: FileSystem; operations: () => number } {
  let count = 0;
  const fails = (): boolean => {
    count++;
    return lasting ? count >= failAt : count === failAt;
  };
  const fault = () => Object.assign(new Error(`${code}: made by the test`), { code });
  const guarded =
    <A extends unknown[], R>(operation: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      if (fails()) throw fault();
      return operation(...args);
    };
  const fs: FileSystem = {
    open: guarded(async (path, mode) => {
      const file = await nodeFileSystem.open(path, mode);
      return {
        async write(bytes, position) {
          if (!fails()) return file.write(bytes, position);
          // A disk fills up in the middle of a write.
          await file.write(bytes.subarray(0, bytes.length >> 1), position);
          throw fault();
        },
        truncate: guarded((length: number) => file.truncate(length)),
        // Flushing makes no difference without a power cut, and takes most of the time.
        sync: guarded(async () => undefined),
        async close() {
          const failing = fails();
          await file.close();
          if (failing) throw fault();
        },
      };
    }),
    rename: guarded((from, to) => nodeFileSystem.rename(from, to)),
    makeDirectory: guarded((path) => nodeFileSystem.makeDirectory(path)),
    makeNewDirectory: guarded((path) => nodeFileSystem.makeNewDirectory(path)),
    // Freeing space works on a full disk.
    remove: (path) =>
      lasting ? nodeFileSystem.remove(path) : guarded((name: string) => nodeFileSystem.remove(name))(path),
    syncDirectory: guarded(async () => undefined),
  };
  return { fs, operations: () => count };
}

const payload = (round: number): Uint8Array => new Uint8Array(1000).fill(round);

const NEVER: Faults = { failAt: Infinity, code: "", lasting: false };

/** What a run does to the disk: events, pictures and four checkpoints. Stops at the first error, as the arena does. */
async function session(home: string, fs: FileSystem) {
  const saved: number[] = [];
  const handed: RunEvent[] = [];
  const acknowledged: RunEvent[] = [];
  let error: unknown;
  try {
    const store = RunStore.open(home, { fs });
    const tracker = store.tracker();
    await tracker.start(specOf("r1"));
    const { checkpoints } = store.get("r1");
    const log = async (event: RunEvent) => {
      handed.push(event);
      await tracker.log([event]);
      acknowledged.push(event);
    };
    try {
      await log(statusEvent(0, "running"));
      for (const round of [10, 20, 30, 40]) {
        await log(terms(round, round));
        await tracker.image("samples", round / 10, { width: 1, height: 1, channels: 1, data: Uint8Array.of(round) });
        const file = await checkpoints.save(round, payload(round));
        saved.push(round);
        await log({ ...at(round), kind: "checkpoint", file, sha256: "x" });
      }
      await log(metric(40, 1));
      // The checkpoint at the end may be of a round that has one already.
      await checkpoints.save(40, payload(40));
    } finally {
      // The arena finishes its trackers whatever happened.
      await tracker.finish("failed").catch((failure: unknown) => void (error ??= failure));
    }
  } catch (failure) {
    error = failure;
  }
  return { saved, handed, acknowledged, error };
}

type Outcome = Awaited<ReturnType<typeof session>>;

/** What is wrong with what a session left behind, in words; nothing when all is well. */
async function examine(home: string, { saved, handed, acknowledged }: Outcome): Promise<string[]> {
  const store = RunStore.open(home);
  const [listing] = store.list();
  if (!listing) return saved.length === 0 ? [] : ["the run is gone"];
  const problems: string[] = [];
  const expectThat = (fine: boolean, problem: string) => void (fine || problems.push(problem));
  const { run } = listing;

  const listed = await run.checkpoints.list();
  for (const { file, round } of listed)
    expectThat(Buffer.compare(await run.checkpoints.load(file), payload(round)) === 0, `${file} is not whole`);
  const latest = saved.at(-1) ?? 0;
  expectThat((listed[0]?.round ?? 0) >= latest, `the latest checkpoint, ${latest}, is not listed`);
  expectThat(listed.length >= Math.min(2, saved.length), "the checkpoint before is gone");

  const left = readdirSync(run.directory, { recursive: true, encoding: "utf8" });
  problems.push(...left.filter((name) => name.endsWith(".tmp")).map((name) => `${name} was left`));

  const events: RunEvent[] = [];
  const onDamage = (line: number) => void problems.push(`line ${line} is damaged`);
  for await (const event of readEvents(run.eventsFile, { onDamage })) events.push(event);
  // `finish` logs the end of the session where it can.
  const logged = events.filter((event) => event.kind !== "status" || event.status !== "failed");
  expectThat(isDeepStrictEqual(logged, handed.slice(0, logged.length)), "the events are not those that were logged");
  expectThat(logged.length >= acknowledged.length, "an acknowledged event is lost");
  return problems;
}

/** What is wrong with a run that goes on after the disk was mended. */
async function resume(home: string): Promise<string[]> {
  const store = RunStore.open(home, faulty(NEVER));
  // A lock that could not be removed belongs to this process, which lives on; that of a process that ended is taken over.
  const [listing] = store.list();
  if (listing) await nodeFileSystem.remove(listing.run.lockFile);
  const tracker = store.tracker();
  await tracker.start(specOf("r1"));
  await tracker.log([terms(60, 60)]);
  const run = store.get("r1");
  await run.checkpoints.save(60, payload(60));
  await tracker.finish("finished");
  const { status, round } = run.tailSummary();
  const left = readdirSync(run.directory, { recursive: true, encoding: "utf8" });
  return [
    ...((await run.checkpoints.list())[0]?.round === 60 ? [] : ["the new checkpoint is not the latest"]),
    ...(status === "finished" && round === 60 ? [] : [`the run is ${status} at round ${round}`]),
    ...left.filter((name) => name.endsWith(".tmp") || name.includes("run.lock")).map((name) => `${name} was left`),
  ];
}

/** What is wrong with the error that a session ended with. */
function judge(error: unknown, code: string): string[] {
  if (error === undefined) return [];
  if (!(error instanceof GanError)) return [`it ended with ${inspect(error)}`];
  const sentence = /^\[(r1|home)\] .*; .*(gan-arena resume r1|--home)$/.test(error.message);
  const expected = code === "ENOSPC" ? "NO_SPACE" : "NOT_WRITABLE";
  return sentence && error.code === expected ? [] : [`it ended with ${error.code}: ${error.message}`];
}

describe.each([
  { code: "ENOSPC", lasting: true },
  { code: "ENOSPC", lasting: false },
  { code: "EIO", lasting: false },
  { code: "EMFILE", lasting: true },
])("the i-th operation fails with $code, lasting: $lasting", ({ code, lasting }) => {
  it("never loses a checkpoint or an acknowledged event, and can be resumed, for every i", async () => {
    const problems: string[] = [];
    let failures = 0;
    let failAt = 0;
    let reached = true;
    while (reached) {
      failAt++;
      const home = temporaryHome();
      const { fs, operations } = faulty({ failAt, code, lasting });
      const outcome = await session(home, fs);
      reached = operations() >= failAt;
      if (outcome.error !== undefined) failures++;
      const found = [...judge(outcome.error, code), ...(await examine(home, outcome)), ...(await resume(home))];
      problems.push(...found.map((problem) => `operation ${failAt}: ${problem}`));
    }
    expect(problems).toEqual([]);
    // Some ninety operations of four rounds; only faults while sweeping up after another fault may pass unseen.
    expect(failAt).toBeGreaterThan(80);
    expect(failures).toBeGreaterThan(0.9 * failAt);
  }, 60_000);
});
