/**
 * @file The few operations by which the store changes the disk, behind an interface.
 *
 * Everything that is written goes through {@link FileSystem}, so that a test can make the i-th operation fail on real
 * files and see that nothing is lost. Reading uses `node:fs` directly.
 */
import { mkdir, open, readdir, rename, rm, stat, type FileHandle } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/** A file that is open for writing. */
export interface WritableFile {
  /** Writes all bytes at `position`, or throws having written some of them. */
  write(bytes: Uint8Array, position: number): Promise<void>;
  truncate(length: number): Promise<void>;
  sync(): Promise<void>;
  close(): Promise<void>;
}

export interface FileSystem {
  /** `create`: fails with EEXIST when the file is there. `update`: creates it when it is not there, keeps what is in it. */
  open(path: string, mode: "create" | "update"): Promise<WritableFile>;
  rename(from: string, to: string): Promise<void>;
  /** Parents included; nothing happens when it exists. */
  makeDirectory(path: string): Promise<void>;
  /** One level; EEXIST when it exists. */
  makeNewDirectory(path: string): Promise<void>;
  /** A file or a whole folder; nothing happens when it is not there. */
  remove(path: string): Promise<void>;
  /** Makes created, renamed and removed names of a folder durable. */
  syncDirectory(path: string): Promise<void>;
}

class NodeFile implements WritableFile {
  constructor(private readonly handle: FileHandle) {}

  async write(bytes: Uint8Array, position: number): Promise<void> {
    // A write may be short, on a disk that is nearly full for example: the next one then gives the error.
    for (let done = 0; done < bytes.byteLength;) {
      const { bytesWritten } = await this.handle.write(bytes, done, bytes.byteLength - done, position + done);
      done += bytesWritten;
    }
  }
  truncate(length: number): Promise<void> {
    return this.handle.truncate(length);
  }
  sync(): Promise<void> {
    return this.handle.sync();
  }
  close(): Promise<void> {
    return this.handle.close();
  }
}

/**
 * Parents first, one level at a time. Node's own recursive mkdir never returns where the system says that a folder is
 * missing although its parent is there, as under /proc.
 */
async function makeDirectory(path: string): Promise<void> {
  const error = await mkdir(path).then(
    () => undefined,
    (reason: NodeJS.ErrnoException) => reason,
  );
  if (!error) return;
  const parent = dirname(path);
  if (error.code === "ENOENT" && parent !== path && !(await isDirectory(parent))) {
    await makeDirectory(parent);
    await mkdir(path).catch(ignoreExisting);
  } else if (error.code !== "EEXIST" || !(await isDirectory(path))) throw error;
}

const isDirectory = (path: string): Promise<boolean> =>
  stat(path).then(
    (info) => info.isDirectory(),
    () => false,
  );

/** Somebody else made it meanwhile. */
function ignoreExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== "EEXIST") throw error;
}

/** The disk. */
export const nodeFileSystem: FileSystem = {
  async open(path, mode) {
    if (mode === "create") return new NodeFile(await open(path, "wx"));
    // "r+" does not create, and "a" ignores positions on Linux.
    const handle = await open(path, "r+").catch(async (error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOENT") throw error;
      return open(path, "wx+");
    });
    return new NodeFile(handle);
  },
  rename,
  makeDirectory,
  makeNewDirectory: (path) => mkdir(path),
  remove: (path) => rm(path, { recursive: true, force: true }),
  async syncDirectory(path) {
    // Windows has no handle of a folder that could be flushed; NTFS journals names by itself.
    if (process.platform === "win32") return;
    const handle = await open(path, "r");
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  },
};

const TEMPORARY = /^\..+\.\d+\.tmp$/;

/** True of names that {@link writeAtomically} uses before the rename: what a killed process leaves behind. */
export const isTemporary = (name: string): boolean => TEMPORARY.test(name);

/**
 * Puts `bytes` at `path` so that after a crash or a power cut the file is the old one or the new one, never a mixture:
 * temporary name in the same folder, fsync, rename, fsync of the folder. A failure removes the temporary file.
 */
export async function writeAtomically(fs: FileSystem, path: string, bytes: Uint8Array): Promise<void> {
  const directory = dirname(path);
  const temporary = join(directory, `.${basename(path)}.${process.pid}.tmp`);
  try {
    await fs.remove(temporary);
    const file = await fs.open(temporary, "create");
    try {
      await file.write(bytes, 0);
      await file.sync();
    } finally {
      await file.close();
    }
    await fs.rename(temporary, path);
  } catch (error) {
    // The first error is the one to report; the temporary file is swept up later if even this fails.
    await fs.remove(temporary).catch(() => undefined);
    throw error;
  }
  await fs.syncDirectory(directory);
}

/** Removes what killed writers left in a folder that is ours alone; a missing folder has nothing to remove. */
export async function removeTemporaries(fs: FileSystem, directory: string): Promise<void> {
  const names = await readdir(directory).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  for (const name of names) if (isTemporary(name)) await fs.remove(join(directory, name));
}
