/** @file The programs of a game without the arena: the same graphs, again and again on inputs that were drawn once. */
import { initialState, openGame, phaseProgram } from "@gan-arena/core";
import { float32, stream } from "@gan-arena/core/base";

/** Stands for every rate and correction: small enough for nothing to run away. */
const HYPER = 1e-4;

export class BareGame {
  #turns;
  #state;

  static async open({ played, variant, data, engine }) {
    const { batchSize } = played;
    const game = await openGame({ variant, config: {}, data: data.train.spec, engine, batchSize });
    const state = engine.createState(game.stateSpec);
    await state.write(initialState(game, 0));
    const turns = [];
    for (const plan of game.phases) {
      const { fn, signature } = phaseProgram(game, plan);
      const program = await engine.compile(fn, signature);
      const inputs = [0, 1].map((position) =>
        drawOnce(signature, data.train.batch({ seed: 0, position }, batchSize), position),
      );
      for (let i = 0; i < (plan.phase.repeat ?? 1); i++) turns.push({ program, inputs });
    }
    const bare = new BareGame(turns, state);
    await bare.run(1);
    return bare;
  }

  constructor(turns, state) {
    this.#turns = turns;
    this.#state = state;
  }

  /** Runs in one round. */
  get plays() {
    return this.#turns.length;
  }

  async run(rounds) {
    const begin = performance.now();
    for (let round = 0; round < rounds; round++)
      for (const { program, inputs } of this.#turns) await program.run(inputs[round % 2], this.#state);
    return { steps: rounds, ms: performance.now() - begin };
  }
}

/** Values for every input of a program: a real batch for what is called x, small constants for rates, else noise. */
function drawOnce({ inputs }, real, counter) {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, { shape }]) => {
      if (name === "x") return [name, real["x"]];
      const value = float32(shape);
      if (name === "hyper") value.data.fill(HYPER);
      else if (name === "epsilon") stream(0, name).uniform(counter, value.data);
      else stream(0, name).normal(counter, value.data);
      return [name, value];
    }),
  );
}
