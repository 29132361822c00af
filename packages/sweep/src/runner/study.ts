/** @file A study as the runner wants it: by trial numbers, and fed from the journal. */
import type { Study } from "../study/index.js";
import type { Suggester } from "./contract.js";

/** @param study empty; the journal is replayed into it */
export function studySuggester(study: Study): Suggester {
  const { size } = study;
  return {
    async suggest(number) {
      if (size !== undefined && number >= size) return undefined;
      const { space, history, seed, sampler } = study;
      return Promise.resolve(sampler.suggest({ space, history, seed, number }));
    },
    // Only when it is in the journal does a trial exist.
    begin: (number, params) => void study.restore({ number, params }),
    report: (number, step, value) => void study.report(number, step, value),
    shouldPrune: (number) => study.shouldPrune(number),
    exploits(number) {
      const decision = study.decision(number);
      return decision.action === "exploit" ? decision : undefined;
    },
    end: (number, state, values) => study.end(number, state === "failed" ? null : values, state),
    reopen: (number) => void study.reopen(number),
  };
}
