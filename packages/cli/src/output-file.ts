/** @file Files that the user names with `--out`. */
import { accessSync, constants, statSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { badConfig } from "@gan-arena/core/base";

/**
 * Checked before the work, not after it: the folder must be there and writable.
 * @returns the absolute path
 * @throws GanError BAD_CONFIG
 */
export function outputFile(path: string): string {
  const file = resolve(path);
  try {
    accessSync(dirname(file), constants.W_OK);
  } catch (error) {
    throw unwritable(file, error);
  }
  if (statSync(file, { throwIfNoEntry: false })?.isDirectory())
    throw badConfig("--out", `${file} is a folder; name a file in it`);
  return file;
}

/** @throws GanError BAD_CONFIG; the caller's other errors, for example no space, as they are */
export async function writeOutput(file: string, bytes: Uint8Array): Promise<void> {
  try {
    await writeFile(file, bytes);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOSPC") throw error;
    throw unwritable(file, error);
  }
}

const unwritable = (file: string, error: unknown) => {
  const { code = "unknown reason" } = error as NodeJS.ErrnoException;
  const reason = code === "ENOENT" ? "its folder does not exist" : code;
  return badConfig("--out", `${file} cannot be written (${reason}); choose another place`);
};
