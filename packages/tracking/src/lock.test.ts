import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { temporaryHome } from "../test-support/support.js";
import { nodeFileSystem as fs, type FileSystem } from "./file-system.js";
import { lockOwner, RunLock } from "./lock.js";

const lockFile = () => join(temporaryHome(), "run.lock");
const write = (path: string, owner: Record<string, unknown>) =>
  writeFileSync(path, JSON.stringify({ host: hostname(), born: "", since: "today", token: "t", ...owner }));
/** The number of a process that has ended. */
const deadPid = () => spawnSync(process.execPath, ["-e", ""]).pid;

describe("RunLock", () => {
  it("is held by one at a time and given back", async () => {
    const path = lockFile();
    const lock = await RunLock.acquire(fs, path, "r1");
    expect(lockOwner(path)).toBe("this process");
    await expect(RunLock.acquire(fs, path, "r1")).rejects.toMatchObject({
      code: "NOT_WRITABLE",
      message: expect.stringMatching(/^\[r1\] the run is being written by this process; wait for it or stop it/),
    });
    await lock.release();
    expect(existsSync(path)).toBe(false);
    await (await RunLock.acquire(fs, path, "r1")).release();
  });

  it("names a live process and leaves its lock alone", async () => {
    const path = lockFile();
    write(path, { pid: process.ppid });
    await expect(RunLock.acquire(fs, path, "r1")).rejects.toThrow(`process ${process.ppid} since today`);
    expect(JSON.parse(readFileSync(path, "utf8"))).toMatchObject({ token: "t" });
  });

  it("takes over the lock of a process that is gone", async () => {
    const path = lockFile();
    write(path, { pid: deadPid() });
    expect(lockOwner(path)).toBeUndefined();
    const lock = await RunLock.acquire(fs, path, "r1");
    expect(lockOwner(path)).toBe("this process");
    await lock.release();
  });

  it.runIf(process.platform === "linux")(
    "takes over when the number went to another process, as in containers",
    async () => {
      const path = lockFile();
      write(path, { pid: process.pid, born: "another boot/1" });
      expect(lockOwner(path)).toBeUndefined();
      await (await RunLock.acquire(fs, path, "r1")).release();
    },
  );

  it("does not take over from another machine", async () => {
    const path = lockFile();
    write(path, { pid: 1, host: "elsewhere" });
    await expect(RunLock.acquire(fs, path, "r1")).rejects.toThrow(
      /process 1 on elsewhere .*if it is surely gone, delete/,
    );
  });

  it("takes an empty lock for one that is being made, and after ten seconds for a dead one", async () => {
    const path = lockFile();
    writeFileSync(path, "");
    expect(lockOwner(path)).toBe("a process that has just started");
    await expect(RunLock.acquire(fs, path, "r1")).rejects.toMatchObject({ code: "NOT_WRITABLE" });
    utimesSync(path, new Date(), new Date(Date.now() - 20_000));
    await (await RunLock.acquire(fs, path, "r1")).release();
  });

  it("does not remove a lock that somebody else has taken over", async () => {
    const path = lockFile();
    const lock = await RunLock.acquire(fs, path, "r1");
    write(path, { pid: process.ppid });
    await lock.release();
    expect(existsSync(path)).toBe(true);
  });

  it("puts a lock back that became live between looking and moving", async () => {
    const path = lockFile();
    write(path, { pid: deadPid() });
    let overtaken = false;
    const slow: FileSystem = {
      ...fs,
      async rename(from, to) {
        if (!overtaken) write(path, { pid: process.ppid, token: "faster" });
        overtaken = true;
        await fs.rename(from, to);
      },
    };
    await expect(RunLock.acquire(slow, path, "r1")).rejects.toThrow(`process ${process.ppid}`);
    expect(JSON.parse(readFileSync(path, "utf8"))).toMatchObject({ token: "faster" });
  });

  it("lets exactly one of many win a stale lock", async () => {
    const path = lockFile();
    write(path, { pid: deadPid() });
    const tries = await Promise.allSettled(Array.from({ length: 16 }, () => RunLock.acquire(fs, path, "r1")));
    expect(tries.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  });
});
