/**
 * @file The lock of a run, or of a sweep: one process writes it at a time.
 *
 * `run.lock` names its owner. The lock of a process that is gone is taken over, also when its number was given to a new
 * process: on Linux a process is known by number, start and boot.
 * LIMIT: elsewhere a number that was given anew keeps a stale lock alive, and a lock from another machine is never taken
 * over, for nobody here can tell whether its owner lives. The message names the file to delete.
 */
import { randomUUID } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { hostname } from "node:os";
import type { GanError } from "@gan-arena/core/base";
import { errnoOf, runIsLocked } from "./errors.js";
import type { FileSystem } from "./file-system.js";

interface Owner {
  readonly pid: number;
  readonly host: string;
  /** What tells this process from others that had its number; empty when the system does not say. */
  readonly born: string;
  readonly since: string;
  readonly token: string;
}

/** A lock file is made and filled in two steps: one that says nothing is only dead when it has said so for a while. */
const FILL_MS = 10_000;

function bornOf(pid: number): string {
  try {
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    // The second field may hold spaces and brackets; the start time is the 20th after it.
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const start = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
    return start === undefined ? "" : `${boot}/${start}`;
  } catch {
    return "";
  }
}

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's process: it is there, and we may not signal it.
    return errnoOf(error) === "EPERM";
  }
}

function readOwner(path: string): Owner | "unreadable" | undefined {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return undefined;
    throw error;
  }
  try {
    const value = JSON.parse(text) as Partial<Owner> | null;
    if (typeof value?.pid === "number" && typeof value.host === "string" && typeof value.token === "string")
      return { born: "", since: "", ...value } as Owner;
  } catch {
    // Still being written, or its writer was killed at it.
  }
  return "unreadable";
}

/** Who holds the lock at `path`, in words, or undefined when nobody does who is still there. */
export function lockOwner(path: string): string | undefined {
  const owner = readOwner(path);
  if (owner === undefined) return undefined;
  if (owner === "unreadable") {
    const age = Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0);
    return age < FILL_MS ? "a process that has just started" : undefined;
  }
  if (owner.host !== hostname()) return `process ${owner.pid} on ${owner.host} since ${owner.since}`;
  if (!lives(owner.pid)) return undefined;
  const born = bornOf(owner.pid);
  if (born !== "" && owner.born !== "" && born !== owner.born) return undefined;
  return owner.pid === process.pid ? "this process" : `process ${owner.pid} since ${owner.since}`;
}

export class RunLock {
  private constructor(
    private readonly fs: FileSystem,
    private readonly path: string,
    private readonly token: string,
  ) {}

  /**
   * @param refuse the error when somebody holds it; default: the one of a run
   * @throws GanError NOT_WRITABLE naming the live owner
   */
  static async acquire(
    fs: FileSystem,
    path: string,
    runId: string,
    refuse: (owner: string) => GanError = (owner) => runIsLocked(runId, owner, path),
  ): Promise<RunLock> {
    const token = randomUUID();
    const owner: Owner = {
      pid: process.pid,
      host: hostname(),
      born: bornOf(process.pid),
      since: new Date().toISOString(),
      token,
    };
    // A stale lock is moved away and the creation tried again; a few rounds are enough unless many processes fight for it.
    for (let attempt = 0; attempt < 5; attempt++) {
      if (await create(fs, path, owner)) return new RunLock(fs, path, token);
      const live = lockOwner(path);
      if (live !== undefined) throw refuse(live);
      await moveAway(fs, path, token);
    }
    throw refuse(lockOwner(path) ?? "another process");
  }

  /** Gives it free, unless somebody has taken the lock over. */
  async release(): Promise<void> {
    const owner = readOwner(this.path);
    if (owner !== undefined && owner !== "unreadable" && owner.token === this.token) await this.fs.remove(this.path);
  }
}

async function create(fs: FileSystem, path: string, owner: Owner): Promise<boolean> {
  const file = await fs.open(path, "create").catch((error: unknown) => {
    if (errnoOf(error) === "EEXIST") return undefined;
    throw error;
  });
  if (!file) return false;
  try {
    await file.write(Buffer.from(`${JSON.stringify(owner)}\n`), 0);
  } catch (error) {
    await fs.remove(path).catch(() => undefined);
    throw error;
  } finally {
    await file.close();
  }
  return true;
}

/**
 * Removes a stale lock. Between looking and moving another process may have taken it over: then what was moved is a live
 * lock, and it is put back.
 */
async function moveAway(fs: FileSystem, path: string, token: string): Promise<void> {
  const aside = `${path}.${token}`;
  try {
    await fs.rename(path, aside);
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return;
    throw error;
  }
  if (lockOwner(aside) === undefined) await fs.remove(aside);
  else await fs.rename(aside, path);
}
