/** @file The trainer: owns everything that is the same for all variants. */
import type { OpenDataset } from "../contracts/dataset.js";
import type { Engine, State } from "../contracts/engine.js";
import { packedSize, type HostTensor } from "../contracts/tensors.js";
import type { RunSpec } from "../contracts/tracker.js";
import { badCheckpoint, badConfig } from "../errors.js";
import { decodeCheckpoint, encodeCheckpoint, identityOf, resumeDifferences } from "./checkpoint.js";
import { newCounters, type Counters } from "./counters.js";
import { openGame, type Game } from "./game.js";
import { Table } from "./play.js";
import { Renderer } from "./render.js";
import { Session } from "./session.js";
import type { Arena, ArenaRequest, TrainRequest, TrainResult } from "./types.js";
import { initialState, weightsSha256 } from "./weights.js";

/**
 * Opens an arena: checks and traces the variant, and makes its initial parameters from the run's seed.
 * Programs are compiled when they are first needed.
 * @throws GanError BAD_PLUGIN when the variant's parts do not fit together, BAD_CONFIG when the run's options make no sense
 */
export async function openArena({ run, variant, data, engine }: ArenaRequest): Promise<Arena> {
  const { batchSize, kimg } = run.options;
  if (!Number.isInteger(batchSize) || batchSize < 1)
    throw badConfig("arena", `batchSize must be a whole number from 1 on, got ${batchSize}; change the batch size`);
  if (!(kimg >= 0) || kimg === Infinity)
    throw badConfig("arena", `kimg must be a finite number from 0 on, got ${kimg}; change the budget`);
  const game = await openGame({ variant, config: run.config, data: data.train.spec, engine, batchSize });
  const state = engine.createState(game.stateSpec);
  await state.write(initialState(game, run.seed));
  return new PhaseArena({ run, game, data, engine, state });
}

interface Parts {
  readonly run: RunSpec;
  readonly game: Game;
  readonly data: OpenDataset;
  readonly engine: Engine;
  readonly state: State;
}

class PhaseArena implements Arena {
  readonly game: Game;
  readonly state: State;
  private readonly renderer: Renderer;
  private readonly counters: Counters;
  private readonly table: Table;
  /** The checkpoint that was loaded, and why training cannot go on from it, if it cannot. */
  private restored: { readonly file: string; readonly differences: readonly string[] } | undefined;

  constructor(private readonly parts: Parts) {
    const { run, game, data, engine, state } = parts;
    this.game = game;
    this.state = state;
    this.counters = newCounters(game.phases.map(({ phase }) => phase.name), Object.keys(game.layouts));
    this.renderer = new Renderer({ game, engine, state, data: data.test });
    this.table = new Table({
      game,
      engine,
      state,
      data: data.train,
      seed: run.seed,
      totalKimg: run.options.kimg,
      counters: this.counters,
    });
  }

  describe(): { network: string; parameters: number; states: number }[] {
    return Object.entries(this.game.layouts).map(([network, { params, states }]) => ({
      network,
      parameters: packedSize(params),
      states: packedSize(states),
    }));
  }

  async train(request: TrainRequest): Promise<TrainResult> {
    if (this.restored && this.restored.differences.length > 0)
      throw badCheckpoint(
        this.restored.file,
        `the run cannot go on from it, because it would not be the same run: ${this.restored.differences.join(", ")}`,
        "resume with the settings of the checkpoint, or start a new run",
      );
    const { run, data } = this.parts;
    const { table, renderer, counters } = this;
    const session = new Session({
      run,
      data,
      table,
      renderer,
      counters,
      request,
      restoredFrom: this.restored?.file,
      encode: () => this.checkpoint(),
      weightsSha256: () => weightsSha256(this.game, this.state),
    });
    return session.run();
  }

  async restore(bytes: Uint8Array, file: string): Promise<void> {
    const identity = identityOf(this.parts.run, this.parts.engine.info);
    const checkpoint = decodeCheckpoint(bytes, file, { game: this.game, identity });
    checkpoint.applyTo(this.table);
    await this.state.write(checkpoint.state);
    Object.assign(this.counters, checkpoint.counters);
    this.restored = { file, differences: resumeDifferences(checkpoint.identity, identity) };
  }

  async checkpoint(): Promise<Uint8Array> {
    const { game, counters, table } = this;
    return encodeCheckpoint({
      identity: identityOf(this.parts.run, this.parts.engine.info),
      game,
      counters,
      table,
      state: await this.state.read(),
    });
  }

  async render({
    view,
    n,
    counter = 0,
    seed = this.parts.run.seed,
    truncate,
  }: {
    readonly view?: string;
    readonly n: number;
    readonly counter?: number;
    readonly seed?: number;
    readonly truncate?: number;
  }): Promise<HostTensor> {
    const name = `view/${view ?? this.renderer.judged().name}/${counter}`;
    return this.renderer.render({ view, n, seed, name, dataSeed: seed + counter, truncate });
  }

  async dispose(): Promise<void> {
    await this.renderer.dispose();
    await this.table.dispose();
    await this.state.dispose();
  }
}
