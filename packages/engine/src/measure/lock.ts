/** @file One process measures at a time: a file that names its owner, taken over when the owner is gone. */
import { randomUUID } from "node:crypto";
import { open, readFile, rename, rm, stat } from "node:fs/promises";

/** Nobody measures as long as this: a lock that is older was left behind by a process on another machine. */
const STALE_MS = 10 * 60_000;
const LOOK_AGAIN_MS = 100;

const isCode = (error: unknown, code: string): boolean => (error as NodeJS.ErrnoException).code === code;

/** Runs `use` while nobody else holds the lock; waits for whoever does. @throws when the folder cannot be written */
export async function whileLocked<T>(path: string, use: () => Promise<T>): Promise<T> {
  while (!(await create(path))) {
    if (await isStale(path)) await moveAway(path);
    else await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
  }
  try {
    return await use();
  } finally {
    await rm(path, { force: true });
  }
}

async function create(path: string): Promise<boolean> {
  try {
    const file = await open(path, "wx");
    await file.writeFile(`${process.pid}\n`);
    await file.close();
    return true;
  } catch (error) {
    if (isCode(error, "EEXIST")) return false;
    throw error;
  }
}

async function isStale(path: string): Promise<boolean> {
  try {
    const { mtimeMs } = await stat(path);
    if (Date.now() - mtimeMs > STALE_MS) return true;
    const owner = Number(await readFile(path, "utf8"));
    return owner > 0 && !lives(owner);
  } catch (error) {
    if (isCode(error, "ENOENT")) return false;
    throw error;
  }
}

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's process: it is there, and we may not signal it.
    return isCode(error, "EPERM");
  }
}

/** Of several processes that find it stale one moves it; a lock that was taken anew meanwhile is put back. */
async function moveAway(path: string): Promise<void> {
  const aside = `${path}.${randomUUID()}`;
  try {
    await rename(path, aside);
    if (await isStale(aside)) await rm(aside, { force: true });
    else await rename(aside, path);
  } catch (error) {
    if (!isCode(error, "ENOENT")) throw error;
  }
}
