/** @file A folder packed and sent to the cluster, where jobs unpack it as their working directory. */
import { createHash } from "node:crypto";
import { readdir, readFile, stat } from "node:fs/promises";
import { join, sep } from "node:path";
import { zipSync, type Zippable } from "fflate";
import { badSetting, refusedJob, workingDirTooLarge } from "../errors.js";
import type { RayClient } from "./client.js";

/** Ray's own limit. */
const MOST_BYTES = 100 * 2 ** 20;
/** What is never meant: history, secrets' usual places, and Python's leftovers. */
const LEFT_OUT = new Set([".git", "__pycache__", ".env", ".venv"]);
/** A zip must not differ by the time of day: the cluster knows a package by its content. */
const LONG_AGO = new Date("1980-01-02T00:00:00Z");

/** @returns the URI under which jobs find it @throws GanError BAD_CONFIG */
export async function sendFolder(client: RayClient, folder: string): Promise<string> {
  const info = await stat(folder).catch(() => undefined);
  if (!info?.isDirectory()) throw badSetting("workingDir", "a folder that is there, or a URI", folder);
  const files: Zippable = {};
  for (const file of (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) =>
    entry.isFile(),
  )) {
    const path = join(file.parentPath, file.name);
    const name = path.slice(join(folder, sep).length).split(sep).join("/");
    if (name.split("/").some((part) => LEFT_OUT.has(part))) continue;
    // Executables must stay so: the lowest bits of the upper half are the Unix mode.
    const { mode } = await stat(path);
    files[name] = [await readFile(path), { mtime: LONG_AGO, os: 3, attrs: (mode & 0xffff) << 16 }];
  }
  const zip = zipSync(files, { level: 6 });
  if (zip.byteLength > MOST_BYTES) throw workingDirTooLarge(folder, zip.byteLength / 2 ** 20);
  const name = `_ray_pkg_${createHash("sha256").update(zip).digest("hex").slice(0, 32)}.zip`;
  const path = `/api/packages/gcs/${name}`;
  const known = await client.call("GET", path);
  if (known.status !== 200) {
    const sent = await client.call("PUT", path, zip);
    if (sent.status !== 200) throw refusedJob(name, sent.status, sent.text);
  }
  return `gcs://${name}`;
}
