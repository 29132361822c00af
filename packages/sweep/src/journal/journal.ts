/**
 * @file The journal of a sweep on disk: append-only, every record on the disk before it counts, one writer.
 *
 * The caller holds the sweep's lock. Records that are appended while a flush is under way share the next one, so that
 * many workers cost few fsyncs.
 */
import { open, readFile, type FileHandle } from "node:fs/promises";
import { journalDamaged, journalFailure } from "./errors.js";
import { parseRecord, type JournalRecord } from "./records.js";
import { JournalFold, type JournalState } from "./state.js";

interface Sound {
  readonly records: readonly JournalRecord[];
  /** Bytes up to the end of the last sound line. */
  readonly length: number;
}

/**
 * The records of a file. What follows the last sound line is what a killed process left half written, or a power cut left
 * as zeros, and is passed over; damage before it is refused, for a trial may be told of there.
 * @throws GanError BAD_CONFIG naming the line
 */
function readSound(file: string, bytes: Buffer): Sound {
  const records: JournalRecord[] = [];
  let length = 0;
  let line = 0;
  let damagedAt: number | undefined;
  for (let start = 0; ;) {
    const end = bytes.indexOf(10, start);
    if (end < 0) return { records, length };
    line++;
    const record = parseRecord(bytes.toString("utf8", start, end));
    if (record) {
      if (damagedAt !== undefined) throw journalDamaged(file, damagedAt);
      records.push(record);
      length = end + 1;
    } else damagedAt ??= line;
    start = end + 1;
  }
}

const readBytes = (file: string): Promise<Buffer> =>
  readFile(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return Buffer.alloc(0);
    throw journalFailure(file, error);
  });

export interface ReadJournal {
  readonly records: readonly JournalRecord[];
  readonly state: JournalState;
}

/** The journal as it is now; a file that is not there is empty. Needs no lock. @throws GanError BAD_CONFIG */
export async function readJournal(file: string): Promise<ReadJournal> {
  const { records } = readSound(file, await readBytes(file));
  return { records, state: foldRecords(records) };
}

function foldRecords(records: Iterable<JournalRecord>): JournalFold {
  const fold = new JournalFold();
  for (const record of records) fold.add(record);
  return fold;
}

/** The writer. */
export class Journal {
  private pending: string[] = [];
  private tail: Promise<void> = Promise.resolve();
  private flushing: Promise<void> | undefined;

  private constructor(
    private readonly file: string,
    private readonly handle: FileHandle,
    /** Bytes of whole lines in the file. */
    private length: number,
    private readonly fold: JournalFold,
  ) {}

  /**
   * Opens for appending, and cuts off what a killed writer left half written.
   * @param onRecord called with every record that is there, in order
   * @throws GanError BAD_CONFIG, NO_SPACE, NOT_WRITABLE
   */
  static async open(file: string, onRecord: (record: JournalRecord) => void = () => undefined): Promise<Journal> {
    const { records, length } = readSound(file, await readBytes(file));
    try {
      const handle = await open(file, "r+").catch(async (error: NodeJS.ErrnoException) => {
        if (error.code !== "ENOENT") throw error;
        return open(file, "wx+");
      });
      await handle.truncate(length);
      for (const record of records) onRecord(record);
      return new Journal(file, handle, length, foldRecords(records));
    } catch (error) {
      throw journalFailure(file, error);
    }
  }

  get state(): JournalState {
    return this.fold;
  }

  /** Resolves when the record is on the disk; the state knows it at once. @throws GanError NO_SPACE, NOT_WRITABLE */
  append(record: JournalRecord): Promise<void> {
    this.pending.push(`${JSON.stringify(record)}\n`);
    this.fold.add(record);
    // Whoever comes while a flush is waiting for its turn is flushed with it.
    this.flushing ??= this.tail.then(() => this.flush());
    this.tail = this.flushing.catch(() => undefined);
    return this.flushing;
  }

  /** Waits for what was appended. */
  async close(): Promise<void> {
    await this.tail;
    await this.handle.close();
  }

  private async flush(): Promise<void> {
    this.flushing = undefined;
    const lines = this.pending;
    this.pending = [];
    const bytes = Buffer.from(lines.join(""), "utf8");
    try {
      for (let done = 0; done < bytes.length;) {
        const { bytesWritten } = await this.handle.write(bytes, done, bytes.length - done, this.length + done);
        done += bytesWritten;
      }
      await this.handle.datasync();
      this.length += bytes.length;
    } catch (error) {
      // The next flush writes the same lines over what was half written of them.
      this.pending = [...lines, ...this.pending];
      throw journalFailure(this.file, error);
    }
  }
}
