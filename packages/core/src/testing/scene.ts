/** @file A variant set up on an engine for checks: programs of all phases around one state, played when a check asks. */
import { newCounters } from "../arena/counters.js";
import { openGame, type Game } from "../arena/game.js";
import { Table } from "../arena/play.js";
import { initialState } from "../arena/weights.js";
import type { DataSource } from "../contracts/dataset.js";
import type { Engine, Program, State } from "../contracts/engine.js";
import type { HostTensors } from "../contracts/tensors.js";
import type { AnyVariant } from "../di.js";

export interface SceneOptions {
  readonly variant: AnyVariant;
  /** Parsed by the variant's schema; default: all defaults. */
  readonly config?: unknown;
  readonly data: DataSource;
  readonly engine: Engine;
  readonly batchSize: number;
  /** Default 7. */
  readonly seed?: number;
  /** Gradients among the outputs; default true. */
  readonly withGradients?: boolean;
}

export interface Scene {
  readonly game: Game;
  readonly state: State;
  /** Programs by phase, as compiled. */
  readonly programs: Table["players"];
  /** Plays phase number `index` once. @returns copies of its outputs, gradients included */
  readonly play: (index: number) => Promise<HostTensors>;
  /** Copies of what the phase was given when it was last played: its draws and its rates. */
  readonly drawn: (index: number) => HostTensors;
  /** Runs the phase's program on the state as it is, without counting a play; the state moves. @returns copies */
  readonly evaluate: (index: number, inputs: HostTensors) => Promise<HostTensors>;
  dispose(): Promise<void>;
}

/** Opens a variant without an arena. @throws GanError BAD_PLUGIN, SHAPE_MISMATCH as `openGame` does */
export async function openScene(options: SceneOptions): Promise<Scene> {
  const { variant, config, data, engine, batchSize, seed = 7, withGradients = true } = options;
  const parsed = config ?? variant.config.parse({});
  const game = await openGame({ variant, config: parsed, data: data.spec, engine, batchSize });
  const state = engine.createState(game.stateSpec);
  await state.write(initialState(game, seed));
  const counters = newCounters(
    game.phases.map(({ phase }) => phase.name),
    Object.keys(game.layouts),
  );
  const table = new Table({ game, engine, state, data, seed, totalKimg: 1, counters, withGradients });
  await table.compile();
  const given: HostTensors[] = [];
  table.players.forEach((player, i) => {
    if (player.program) player.program = listening(player.program, (inputs) => void (given[i] = copyOf(inputs)));
  });
  return {
    game,
    state,
    programs: table.players,
    play: async (index) => copyOf((await table.play(index)).outputs),
    drawn: (index) => copyOf(given[index]),
    evaluate: async (index, inputs) => copyOf(await (table.players[index].program as Program).run(inputs, state)),
    async dispose() {
      await table.dispose();
      await state.dispose();
    },
  };
}

/** The same program; `listener` hears what it is given. */
const listening = (program: Program, listener: (inputs: HostTensors) => void): Program => ({
  signature: program.signature,
  kind: program.kind,
  run(inputs, state) {
    listener(inputs);
    return program.run(inputs, state);
  },
  toString: () => program.toString(),
  dispose: () => program.dispose(),
});

export const copyOf = (tensors: HostTensors): HostTensors =>
  Object.fromEntries(Object.entries(tensors).map(([name, value]) => [name, { ...value, data: value.data.slice() }]));
