/** @file Plays rounds: draws, runs each phase's program, counts, and watches the terms. */
import type { DataSource } from "../contracts/dataset.js";
import { inChain, type Engine, type Program, type State } from "../contracts/engine.js";
import type { HostTensor, HostTensors } from "../contracts/tensors.js";
import { HYPER } from "./check-variant.js";
import type { Counters } from "./counters.js";
import type { Game, PhasePlan } from "./game.js";
import { fillHyper } from "./hyper.js";
import { PhaseInputs } from "./inputs.js";
import { Schedule } from "./schedule.js";
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

/**
 * Chains by their rounds, and the rounds after which each is built: a long one takes some tenths of a second, saves a tenth of
 * each round, and a game that has lasted so long is likely to go on.
 */
const CHAINS = [
  { rounds: 16, after: 1024 },
  { rounds: 8, after: 512 },
  { rounds: 4, after: 0 },
] as const;
/** Rounds of the longest chain. */
export const MOST_CHAINED_ROUNDS = CHAINS[0].rounds;
/** Different orders of plays that are compiled as chains of one length; rounds of a game with lazy phases differ. */
const MOST_CHAINS = 8;

/** The plays of some rounds as one program. */
interface Chain {
  readonly rounds: number;
  /** Indices of the phases, in order. */
  readonly plays: readonly number[];
  /** Plays of each phase. */
  readonly counts: readonly number[];
  readonly program: Program;
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
  private readonly schedule: Schedule;
  /** By rounds, then by the plays; undefined where the engine has none. */
  private readonly chains = new Map<number, Map<string, Chain | undefined>>(CHAINS.map(({ rounds }) => [rounds, new Map()]));
  /** The same, by rounds and the place of the first. */
  private readonly chainsAt = new Map<number, Map<number, Chain | undefined>>(CHAINS.map(({ rounds }) => [rounds, new Map()]));
  /** Rounds that were played here. */
  private rounds = 0;
  /** The latest batch of each source that some phase replays. */
  readonly emitted: Record<string, Float32Array> = {};

  constructor(private readonly options: TableOptions) {
    const { game, data, seed } = options;
    this.schedule = new Schedule(game.phases.map(({ phase }) => phase));
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

  /** Real images that a round shows to critics. */
  imagesOf(round: number): number {
    const { game } = this.options;
    let shown = 0;
    for (const index of this.schedule.plays(round)) if (game.phases[index].showsReal) shown += game.batchSize;
    return shown;
  }

  /**
   * Plays some rounds: as many as a chain has as one program where the engine has one, else a single round.
   * @param most rounds that may be played at once, at least 1
   * @returns undefined, or the term that stopped the game by not being finite
   */
  async playRounds(most: number): Promise<BadTerm | undefined> {
    const length = CHAINS.find(({ rounds, after }) => rounds <= most && after <= this.rounds);
    const chain = length && (await this.chain(length.rounds));
    return chain ? this.playChain(chain) : this.playRound();
  }

  /** The next rounds as one program. */
  private async chain(rounds: number): Promise<Chain | undefined> {
    const place = this.schedule.place(this.options.counters.round);
    const known = this.chainsAt.get(rounds);
    if (place === undefined || !known) return this.makeChain(rounds);
    if (!known.has(place)) known.set(place, await this.makeChain(rounds));
    return known.get(place);
  }

  /** Replayed samples are chosen between plays, so that games with a history have none. */
  private async makeChain(rounds: number): Promise<Chain | undefined> {
    const { engine, counters } = this.options;
    const chains = this.chains.get(rounds);
    if (!engine.chain || !chains || Object.keys(this.emitted).length > 0) return undefined;
    const plays = Array.from({ length: rounds }, (_, i) => this.schedule.plays(counters.round + i)).flat();
    const key = plays.join();
    if (!chains.has(key) && chains.size < MOST_CHAINS) {
      const program = await engine.chain(plays.map((index) => this.players[index].program as Program));
      const counts = this.players.map((_, index) => plays.filter((play) => play === index).length);
      chains.set(key, program && { rounds, plays, counts, program });
    }
    return chains.get(key);
  }

  private async playChain({ rounds, plays, counts, program }: Chain): Promise<BadTerm | undefined> {
    const { counters, state } = this.options;
    for (const [index, { inputs }] of this.players.entries()) if (counts[index] > 0) inputs.begin(counts[index]);
    const inputs: HostTensors = {};
    const after = plays.map((index, position) => {
      const drawn = this.draw(this.players[index]);
      for (const name in drawn) inputs[inChain(position, name)] = drawn[name];
      const { images, gradientEvaluations } = counters;
      return { images, gradientEvaluations };
    });
    const outputs = await program.run(inputs, state);
    for (const [position, index] of plays.entries()) {
      const bad = watch(this.players[index], outputs[inChain(position, SCALARS)].data);
      if (!bad) continue;
      // What was played after it does not count: the game stopped there.
      Object.assign(counters, after[position]);
      for (let left = position; left >= this.schedule.plays(counters.round).length; counters.round++)
        left -= this.schedule.plays(counters.round).length;
      return bad;
    }
    counters.round += rounds;
    this.rounds += rounds;
    return undefined;
  }

  /**
   * Plays one round. While a program runs, the next play is drawn.
   * @returns undefined, or the term that stopped the round by not being finite
   */
  async playRound(): Promise<BadTerm | undefined> {
    const { counters } = this.options;
    const round = this.schedule.plays(counters.round);
    for (const { inputs } of this.players) inputs.begin();
    for (let i = 0; i < round.length; i++) {
      const next = i + 1 < round.length ? round[i + 1] : this.schedule.plays(counters.round + 1)[0];
      const { bad } = await this.play(round[i], next);
      if (bad) return bad;
    }
    counters.round++;
    this.rounds++;
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
    const player = this.players[index];
    const upcoming = next === undefined ? undefined : this.players[next];
    const { state, counters } = this.options;
    const drawn = this.draw(player);
    const running = (player.program as Program).run(drawn, state);
    const outputs = await meanwhile(running, () =>
      upcoming?.inputs.prepare({ play: counters.plays[upcoming.plan.phase.name], position: counters.position }),
    );
    for (const source in this.emitted)
      if (source in player.plan.emits) this.emitted[source].set(outputs[emitOutput(source)].data);
    return { outputs, bad: watch(player, outputs[SCALARS].data) };
  }

  /** The inputs of the next play of a phase, which counts as played from here on. */
  private draw({ plan, inputs }: Player): HostTensors {
    const { game, counters, totalKimg } = this.options;
    const name = plan.phase.name;
    const imagesAfter = counters.images + (plan.showsReal ? game.batchSize : 0);
    const point = { play: counters.plays[name], position: counters.position };
    const drawn = inputs.take(point, this.emitted);
    const hyper = drawn[HYPER] as HostTensor | undefined;
    if (hyper) fillHyper({ game, plan, totalKimg }, counters, imagesAfter, hyper.data as Float32Array);
    counters.plays[name]++;
    counters.images = imagesAfter;
    if (inputs.drawsBatch) counters.position += game.batchSize;
    for (const network of plan.phase.updates) {
      counters.updates[network]++;
      counters.averagedAt[network] = imagesAfter;
      counters.gradientEvaluations++;
    }
    return drawn;
  }

  async dispose(): Promise<void> {
    for (const player of this.players) {
      await player.program?.dispose();
      player.program = undefined;
    }
    for (const known of this.chainsAt.values()) known.clear();
    for (const chains of this.chains.values()) {
      for (const chain of chains.values()) await chain?.program.dispose();
      chains.clear();
    }
  }
}

/** Adds what a play returned to the phase's meter. @returns a term that is not finite */
function watch({ plan, meter }: Player, scalars: ArrayLike<number>): BadTerm | undefined {
  const bad = meter.add(scalars);
  if (bad < 0 || bad >= plan.finite) return undefined;
  return { phase: plan.phase.name, term: plan.scalars[bad], value: meter.latest(bad) };
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
