/** @file How long one `ask` takes in a study with many trials. */
import { createStudy } from "@gan-arena/sweep";

/** Six parameters of all kinds, two of them conditional. */
const SPACE = {
  lr: { distribution: "log_uniform_values", min: 1e-5, max: 1e-1 },
  beta: { distribution: "uniform", min: 0, max: 1 },
  width: { distribution: "int_uniform", min: 16, max: 512 },
  loss: { values: ["wasserstein", "hinge", "leastSquares"] },
  gpLambda: { distribution: "log_uniform_values", min: 0.1, max: 100, when: { loss: "wasserstein" } },
  clip: { min: 0, max: 1, step: 0.001, when: { loss: ["hinge", "leastSquares"] } },
};

const value = ({ lr, beta, width }) => (Math.log10(lr) + 3) ** 2 + (beta - 0.5) ** 2 + Math.abs(width - 200) / 500;

/** `count` trials of random search, as a study takes them up. */
async function past(count) {
  const study = createStudy({ space: SPACE, sampler: "random", seed: 1 });
  return Promise.all(
    Array.from({ length: count }, async () => {
      const { number, params } = await study.ask();
      return { number, params, state: "complete", values: [value(params)] };
    }),
  );
}

/** @returns {Promise<{ wall: Float64Array, cpu: Float64Array }>} milliseconds of each of the last `asks` asks of `trials`, ascending */
export async function askTimes(trials, asks = 200) {
  const study = createStudy({ space: SPACE, sampler: "tpe", seed: 0, trials: await past(trials - asks) });
  const [wall, cpu] = [new Float64Array(asks), new Float64Array(asks)];
  for (let i = 0; i < asks; i++) {
    const [started, used] = [performance.now(), process.cpuUsage()];
    const trial = await study.ask();
    const { user, system } = process.cpuUsage(used);
    wall[i] = performance.now() - started;
    cpu[i] = (user + system) / 1000; // all threads, the garbage collector's too
    await study.tell(trial, value(trial.params));
  }
  return { wall: wall.sort(), cpu: cpu.sort() };
}
