/** @file A variant set up on an engine for checks: programs of all phases around one state, played when a check asks. */
import { newCounters } from "../arena/counters.js";
import { openGame, type Game } from "../arena/game.js";
import { Table } from "../arena/play.js";
import { initialState } from "../arena/weights.js";
import type { DataSource } from "../contracts/dataset.js";
import type { Engine, State } from "../contracts/engine.js";
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
}

export interface Scene {
  readonly game: Game;
  readonly state: State;
  /** Programs by phase, as compiled. */
  readonly programs: Table["players"];
  /** Plays phase number `index` once. @returns copies of its outputs, gradients included */
  play(index: number): Promise<HostTensors>;
  dispose(): Promise<void>;
}

/** Opens a variant without an arena. @throws GanError BAD_PLUGIN, SHAPE_MISMATCH as `openGame` does */
export async function openScene({ variant, config, data, engine, batchSize, seed = 7 }: SceneOptions): Promise<Scene> {
  const parsed = config ?? variant.config.parse({});
  const game = await openGame({ variant, config: parsed, data: data.spec, engine, batchSize });
  const state = engine.createState(game.stateSpec);
  await state.write(initialState(game, seed));
  const counters = newCounters(
    game.phases.map(({ phase }) => phase.name),
    Object.keys(game.layouts),
  );
  const table = new Table({ game, engine, state, data, seed, totalKimg: 1, counters, withGradients: true });
  await table.compile();
  return {
    game,
    state,
    programs: table.players,
    async play(index) {
      const { outputs } = await table.play(index);
      return Object.fromEntries(
        Object.entries(outputs).map(([name, value]) => [name, { ...value, data: value.data.slice() }]),
      );
    },
    async dispose() {
      await table.dispose();
      await state.dispose();
    },
  };
}
