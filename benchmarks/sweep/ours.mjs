/** @file Best values of our samplers after each trial. */
import { createStudy } from "@gan-arena/sweep";

/** @returns {Promise<number[]>} the smallest value so far, by trial */
export async function play({ value, bounds }, sampler, seed, trials) {
  const space = Object.fromEntries(bounds.map(([min, max], i) => [`x${i}`, { distribution: "uniform", min, max }]));
  const study = createStudy({ space, sampler, seed });
  const best = [];
  for (let i = 0; i < trials; i++) {
    const trial = await study.ask();
    const result = value(bounds.map((_, j) => trial.params[`x${j}`]));
    await study.tell(trial, result);
    best.push(Math.min(best.at(-1) ?? Infinity, result));
  }
  return best;
}
