/** @file What the numbers were measured on. */
import { availableParallelism, cpus, loadavg, totalmem } from "node:os";

export function describeMachine() {
  const [cpu] = cpus();
  return {
    cpu: cpu?.model.trim() ?? "unknown",
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    platform: `${process.platform}-${process.arch}`,
    node: process.versions.node,
    // Above the one benchmark that runs, others are at work and the numbers mean little.
    loadAtStart: loadavg()[0],
  };
}
