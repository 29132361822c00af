/** @file Plays rounds: draws, runs each phase's program, counts, and watches the terms. */
import type { DataSource } from "../contracts/dataset.js";
import type { Engine, Program, State } from "../contracts/engine.js";
import type { HostTensors } from "../contracts/tensors.js";
import type { Counters } from "./counters.js";
import type { Game, PhasePlan } from "./game.js";
import { fillHyper } from "./hyper.js";
import { PhaseInputs } from "./inputs.js";
import { playsOfRound } from "./schedule.js";
import { emitOutput, phaseProgram, SCALARS } from "./step.js";
import { TermMeter } from "./terms.js";

/** A value that should have been finite. */
export interface BadTerm {
  readonly phase: string;
  readonly term: string;
  readonly value: number;
}

/** One phase with everything that its plays need. */
interface Player {
  readonly plan: PhasePlan;
  readonly inputs: PhaseInputs;
  readonly meter: TermMeter;
  program: Program | undefined;
}

export interface TableOptions {
  readonly game: Game;
  readonly engine: Engine;
  readonly state: State;
  readonly data: DataSource;
  readonly seed: number;
  readonly totalKimg: number;
  readonly counters: Counters;
  /** Also return the gradients from each play, for checks. */
  readonly withGradients?: boolean;
}

/** What one play gave: the program's outputs, overwritten by the phase's next play, and a term that is not finite. */
export interface Played {
  readonly outputs: HostTensors;
  readonly bad: BadTerm | undefined;
}

/** The table at which a game is played: programs, inputs, pools and meters of all phases around one state. */
export class Table {
  readonly players: readonly Player[];
  /** The latest batch of each source that some phase replays. */
  readonly emitted: Record<string, Float32Array> = {};

  constructor(private readonly options: TableOptions) {
    const { game, data, seed } = options;
    const replayed = new Set(
      game.phases.flatMap(({ phase }) =>
        Object.values(phase.draws).flatMap((draw) => (draw.kind === "replay" ? [draw.source] : [])),
      ),
    );
    for (const { emits } of game.phases)
      for (const [name, spec] of Object.entries(emits))
        if (replayed.has(name)) this.emitted[name] = new Float32Array(spec.shape.reduce((a, b) => a * b, 1));
    this.players = game.phases.map((plan) => ({
      plan,
      inputs: new PhaseInputs(plan, { data, seed, batchSize: game.batchSize }),
      meter: new TermMeter(plan.scalars),
      program: undefined,
    }));
  }

  /** Compiles the program of every phase; once. */
  async compile(): Promise<void> {
    const { engine, game, withGradients } = this.options;
    for (const player of this.players) {
      const { fn, signature } = phaseProgram(game, player.plan, { withGradients });
      player.program ??= await engine.compile(fn, signature);
    }
  }

  /**
   * Plays one round. While a program runs, the next play is drawn.
   * @returns undefined, or the term that stopped the round by not being finite
   */
  async playRound(): Promise<BadTerm | undefined> {
    const { game, counters } = this.options;
    const phases = game.phases.map((plan) => plan.phase);
    const round = playsOfRound(phases, counters.round);
    for (let i = 0; i < round.length; i++) {
      const next = i + 1 < round.length ? round[i + 1] : playsOfRound(phases, counters.round + 1)[0];
      const { bad } = await this.play(round[i], next);
      if (bad) return bad;
    }
    counters.round++;
    return undefined;
  }

  /** Means of all terms since the last call, by logged name. */
  flushTerms(): Record<string, number> {
    const means: Record<string, number> = {};
    for (const { meter } of this.players) meter.flush(means);
    return means;
  }

  /** Terms of the latest play of each phase; phases that were not played yet are left out. */
  latestTerms(): Record<string, number> {
    const latest: Record<string, number> = {};
    for (const { meter } of this.players) meter.latestInto(latest);
    return latest;
  }

  /** Plays one phase, of which the program is compiled. @param next the phase to draw for meanwhile */
  async play(index: number, next?: number): Promise<Played> {
    const { plan, inputs, meter, program } = this.players[index];
    const upcoming = next === undefined ? undefined : this.players[next];
    const { game, state, counters, totalKimg } = this.options;
    const name = plan.phase.name;
    const imagesAfter = counters.images + (plan.showsReal ? game.batchSize : 0);
    const point = { play: counters.plays[name], position: counters.position };
    const drawn = inputs.take(point, this.emitted, (out) => fillHyper({ game, plan, totalKimg }, counters, imagesAfter, out));
    const running = (program as Program).run(drawn, state);

    counters.plays[name]++;
    counters.images = imagesAfter;
    if (inputs.drawsBatch) counters.position += game.batchSize;
    for (const network of plan.phase.updates) {
      counters.updates[network]++;
      counters.averagedAt[network] = imagesAfter;
      counters.gradientEvaluations++;
    }
    const outputs = await meanwhile(running, () =>
      upcoming?.inputs.prepare({ play: counters.plays[upcoming.plan.phase.name], position: counters.position }),
    );
    for (const source in this.emitted)
      if (source in plan.emits) this.emitted[source].set(outputs[emitOutput(source)].data);
    const bad = meter.add(outputs[SCALARS].data);
    const finite = bad < 0 || bad >= plan.finite;
    return { outputs, bad: finite ? undefined : { phase: name, term: plan.scalars[bad], value: meter.latest(bad) } };
  }

  async dispose(): Promise<void> {
    for (const player of this.players) {
      await player.program?.dispose();
      player.program = undefined;
    }
  }
}

/** Does `work` while a program runs; a program is never left running behind an error. */
async function meanwhile(running: Promise<HostTensors>, work: () => void): Promise<HostTensors> {
  try {
    work();
  } catch (error) {
    await running.catch(() => undefined);
    throw error;
  }
  return running;
}
