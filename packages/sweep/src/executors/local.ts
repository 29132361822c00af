/** @file Trials as processes of this machine, as many at a time as there are workers. */
import type { Executor } from "./contract.js";
import { noSettings } from "./errors.js";

/**
 * A process ends, with a checkpoint, when the runner that started it is gone, so there is nothing to adopt after a kill.
 */
export const localExecutor: Executor = {
  name: "local",
  summary: "processes of this machine, cores shared out among them",
  open(context) {
    noSettings("local", context.settings);
    return Promise.resolve({
      slots: () => Promise.resolve(context.workers),
      submit: (job, onMessage) => Promise.resolve(context.startLocal(job.words, onMessage)),
      close: () => Promise.resolve(),
    });
  },
};
