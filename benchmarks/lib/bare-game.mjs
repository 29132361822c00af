/** @file The programs of a game without the arena: the same graphs, again and again on inputs that were drawn once. */
import { initialState, openGame, phaseProgram, viewProgram } from "@gan-arena/core";
import { float32, packedSize, stream } from "@gan-arena/core/base";

/** Every rate: small enough for nothing to run away. */
const RATE = 1e-4;

export class BareGame {
  #turns;
  #state;
  /** Rounds of one cycle of the game. */
  #cycle;
  /** Plays of each program in a round, on average, by the name of its signature. */
  plays;
  /** Numbers that are trained. */
  parameters;
  /** Milliseconds until everything was played once: `open`, in which shapes are found, then each program by its name. */
  build;

  /** Opens the game and plays every program once, and then a cycle. */
  static async open({ played, variant, data, engine }) {
    const { batchSize, kind, cycle } = played;
    const clock = new Laps();
    const config = variant.config.parse({});
    const game = await openGame({ variant, config, data: data.train.spec, engine, batchSize });
    const state = engine.createState(game.stateSpec);
    await state.write(initialState(game, 0));
    clock.lap("open");
    const turns = [];
    const plays = {};
    for (const { name, fn, signature, hyper, repeat, every } of programsOf(game, kind)) {
      const program = await engine.compile(fn, signature);
      const inputs = [0, 1].map((position) =>
        drawOnce(signature, { hyper, real: data.train.batch({ seed: 0, position }, batchSize), counter: position }),
      );
      await program.run(inputs[0], state);
      for (let i = 0; i < repeat; i++) turns.push({ program, inputs, every });
      plays[signature.name] = repeat / every;
      clock.lap(name);
    }
    const parameters = Object.values(game.layouts).reduce((sum, { params }) => sum + packedSize(params), 0);
    const bare = new BareGame({ turns, state, cycle, plays, parameters, build: clock.laps });
    await bare.run(cycle);
    return bare;
  }

  constructor({ turns, state, cycle, plays, parameters, build }) {
    this.#turns = turns;
    this.#state = state;
    this.#cycle = cycle;
    Object.assign(this, { plays, parameters, build });
  }

  /** @returns rounds played, whole cycles and at least `rounds`, and the milliseconds they took */
  async run(rounds) {
    const whole = Math.ceil(rounds / this.#cycle) * this.#cycle;
    const begin = performance.now();
    for (let round = 0; round < whole; round++)
      for (const { program, inputs, every } of this.#turns)
        if (round % every === 0) await program.run(inputs[round % 2], this.#state);
    return { steps: whole, ms: performance.now() - begin };
  }
}

/** Splits the time since it was made. */
class Laps {
  laps = {};
  #begin = performance.now();

  lap(name) {
    const end = performance.now();
    this.laps[name] = end - this.#begin;
    this.#begin = end;
  }
}

/** The programs of a round of training, or the one of the view that is judged. */
function programsOf(game, kind) {
  if (kind === "sampling") {
    const [plan] = game.views;
    return [{ name: plan.view.name, hyper: [], repeat: 1, every: 1, ...viewProgram(game, plan) }];
  }
  return game.phases.map((plan) => {
    const { name, repeat = 1, every = 1 } = plan.phase;
    return { name, hyper: plan.hyper, repeat, every, ...phaseProgram(game, plan) };
  });
}

/** Values for every input of a program: fields of a real batch, small rates and no corrections, else noise. */
function drawOnce({ inputs }, { hyper, real, counter }) {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, { shape }]) => {
      if (name in real) return [name, real[name]];
      const value = float32(shape);
      if (name === "hyper") value.data.set(hyper.map((scalar) => (scalar.endsWith("/stepSize") ? RATE : 1)));
      else if (name === "epsilon") stream(0, name).uniform(counter, value.data);
      else stream(0, name).normal(counter, value.data);
      return [name, value];
    }),
  );
}
