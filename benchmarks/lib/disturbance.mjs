/**
 * @file Tells whether others used the machine while a turn was played.
 *
 * Linux counts the time of all processors and that of each process; what is neither ours nor the player's was others'.
 * LIMIT: on other systems nothing is known, and no turn counts as disturbed.
 */
import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";

/** Ticks in a second, USER_HZ, the same on every architecture that Node runs on. */
const HZ = 100;
/** Columns of the line `cpu` of /proc/stat that mean work: user, nice, system, irq, softirq, steal. */
const WORK = [1, 2, 3, 6, 7, 8];
/** Processor time of others that is let pass, as a share of the machine. The counters are good to a few hundredths. */
const TOLERATED = 0.04;

export class Watch {
  #begin = performance.now();
  #before;

  /** @param {readonly number[]} pids whose work is not a disturbance, beside this process */
  constructor(pids) {
    this.pids = [process.pid, ...pids];
    this.#before = othersSeconds(this.pids);
  }

  /** Share of the machine that others have used since the watch began; 0 where that is not known. */
  othersShare() {
    const after = othersSeconds(this.pids);
    if (after === undefined || this.#before === undefined) return 0;
    const seconds = (performance.now() - this.#begin) / 1000;
    return Math.max(0, after - this.#before) / (seconds * availableParallelism());
  }

  get disturbed() {
    return this.othersShare() > TOLERATED;
  }
}

function othersSeconds(pids) {
  try {
    const [total] = readFileSync("/proc/stat", "utf8").split("\n");
    const columns = total.split(/\s+/);
    const all = WORK.reduce((sum, column) => sum + Number(columns[column]), 0);
    return (all - pids.reduce((sum, pid) => sum + ticksOf(pid), 0)) / HZ;
  } catch {
    return undefined;
  }
}

/** User and system time of all threads. The second field, the name, may hold spaces and ends with the last parenthesis. */
function ticksOf(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return Number(fields[11]) + Number(fields[12]);
}
