/** @file An arena in training that stops at a gate every few rounds and goes on when it is told to. */
import { openArena } from "@gan-arena/core";
import { runSpec } from "./run-spec.mjs";

export class GatedArena {
  /** Rounds in one passage of the gate. */
  #chunk;
  /** Lets the arena through; set while it waits. */
  #open;
  /** Resolves when the arena is back at the gate. */
  #back;
  #failure = new Promise(() => undefined);

  /** Opens the arena and plays the first rounds, so that everything is compiled. */
  static async open({ played, variant, data, engine }) {
    const gated = new GatedArena(played.chunk);
    const images = played.chunk * played.shown * played.batchSize;
    const run = runSpec({ played, variant, data, engine, logKimg: images / 1000 });
    const arena = await openArena({ run, variant, data, engine });
    const arrived = gated.#awaitArrival();
    const training = arena.train({
      metrics: [],
      trackers: [gated.#tracker()],
      checkpoints: { save: () => Promise.resolve("none"), list: () => Promise.resolve([]) },
    });
    gated.#failure = training.then(() => Promise.reject(new Error("the arena stopped by itself")));
    gated.#failure.catch(() => undefined);
    await Promise.race([arrived, gated.#failure]);
    return gated;
  }

  constructor(chunk) {
    this.#chunk = chunk;
  }

  /** @returns rounds played, at least `rounds`, and the milliseconds they took by the clock on the wall */
  async run(rounds) {
    const passages = Math.ceil(rounds / this.#chunk);
    const begin = performance.now();
    for (let i = 0; i < passages; i++) {
      const arrived = this.#awaitArrival();
      this.#open();
      await Promise.race([arrived, this.#failure]);
    }
    return { steps: passages * this.#chunk, ms: performance.now() - begin };
  }

  #awaitArrival() {
    return new Promise((resolve) => {
      this.#back = resolve;
    });
  }

  /** The gate: a tracker is waited for. */
  #tracker() {
    const log = ([event]) => {
      if (event.kind !== "terms") return Promise.resolve();
      return new Promise((resolve) => {
        this.#open = resolve;
        this.#back();
      });
    };
    const nothing = () => Promise.resolve("");
    return { start: nothing, log, image: nothing, artifact: nothing, finish: nothing };
  }
}
