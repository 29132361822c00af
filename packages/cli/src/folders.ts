/** @file Folders for the command's own files. Loads nothing: it is needed when something has just gone wrong. */
import { mkdirSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";

/**
 * Makes a folder and its parents, one level at a time; nothing happens when it is there. Node's own recursive mkdir never
 * returns where the system says that a folder is missing although its parent is there, as under /proc.
 */
export function makeFolder(path: string): void {
  if (isFolder(path)) return;
  const parent = dirname(path);
  if (parent !== path) makeFolder(parent);
  try {
    mkdirSync(path);
  } catch (error) {
    // Somebody else made it meanwhile.
    if ((error as NodeJS.ErrnoException).code !== "EEXIST" || !isFolder(path)) throw error;
  }
}

/** Where things lie that are made once for a user and this machine: GAN_ARENA_CACHE, or a folder where the system has such. */
export function cacheFolder(): string {
  const { GAN_ARENA_CACHE, XDG_CACHE_HOME, LOCALAPPDATA } = process.env;
  if (GAN_ARENA_CACHE) return GAN_ARENA_CACHE;
  return join(XDG_CACHE_HOME || systemCache(LOCALAPPDATA), "gan-arena");
}

function systemCache(localAppData: string | undefined): string {
  if (process.platform === "win32") return localAppData ?? join(homedir(), "AppData", "Local");
  return process.platform === "darwin" ? join(homedir(), "Library", "Caches") : join(homedir(), ".cache");
}

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
