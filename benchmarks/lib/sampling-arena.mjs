/** @file An arena that draws, as `gan-arena sample` and the metrics have it draw. */
import { openArena, VIEW_BATCH } from "@gan-arena/core";
import { runSpec } from "./run-spec.mjs";

export class SamplingArena {
  #arena;
  /** Batches drawn so far: each is of a stream of its own. */
  #drawn = 0;

  /** Opens the arena and draws once, so that everything is compiled. */
  static async open({ played, variant, data, engine }) {
    const run = runSpec({ played, variant, data, engine });
    const sampling = new SamplingArena(await openArena({ run, variant, data, engine }));
    await sampling.run(1);
    return sampling;
  }

  constructor(arena) {
    this.#arena = arena;
  }

  async run(batches) {
    const begin = performance.now();
    for (let i = 0; i < batches; i++) await this.#arena.render({ n: VIEW_BATCH, counter: this.#drawn++ });
    return { steps: batches, ms: performance.now() - begin };
  }
}
