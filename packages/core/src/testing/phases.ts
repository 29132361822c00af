/** @file Checks of single phases: what they may move, and that two engines agree on them. */
import type { Engine, Program } from "../contracts/engine.js";
import type { HostTensor } from "../contracts/tensors.js";
import { paramsEntry } from "../arena/entries.js";
import { SCALARS } from "../arena/step.js";
import { internalError } from "../errors.js";
import { enginesDiffer, movedForeign, notMoved } from "./errors.js";
import { openScene, type Scene, type SceneOptions } from "./scene.js";

const PLAYS = 3;

/**
 * Plays each phase three times and looks at every bit of the state: vectors of networks that the phase does not update, and
 * memories of other phases, must stay as they are; parameters of those it updates must change.
 * @throws GanError BAD_PLUGIN that names phase and vector
 */
export async function expectPhaseMovesOnly(options: SceneOptions): Promise<void> {
  const scene = await openScene(options);
  try {
    for (const [index, { phase }] of scene.game.phases.entries()) {
      const where = `${scene.game.variant}/${phase.name}`;
      const before = await scene.state.read();
      for (let i = 0; i < PLAYS; i++) await scene.play(index);
      const after = await scene.state.read();
      for (const entry of Object.keys(before)) {
        const [owner, rest] = entry.split("/");
        const own = owner === "memory" ? rest === phase.name : phase.updates.includes(owner);
        if (!own && !sameBits(before[entry], after[entry])) throw movedForeign(where, entry);
      }
      for (const network of phase.updates)
        if (sameBits(before[paramsEntry(network)], after[paramsEntry(network)])) throw notMoved(where, network);
    }
  } finally {
    await scene.dispose();
  }
}

/** Largest relative differences: max |a - b| / max |b| within one tensor. */
export interface PhaseDifference {
  readonly phase: string;
  /** How each of the two engines ran it; proves that a compiled path was taken. */
  readonly kinds: readonly [Program["kind"], Program["kind"]];
  /** Each term by itself. */
  readonly terms: number;
  readonly gradients: number;
  /** Parameters, moments, states, averages and memories. */
  readonly state: number;
}

/**
 * Plays every phase three times on two engines from the same seed, in the order of a round.
 * @returns for each phase the largest relative difference over its plays, and of the state after them
 */
export async function comparePrograms(
  [a, b]: readonly [Engine, Engine],
  options: Omit<SceneOptions, "engine">,
): Promise<PhaseDifference[]> {
  const left = await openScene({ ...options, engine: a });
  const right = await openScene({ ...options, engine: b });
  try {
    const worst = left.game.phases.map((plan) => ({ phase: plan.phase.name, terms: 0, gradients: 0, state: 0 }));
    for (let play = 0; play < PLAYS; play++)
      for (const [i, row] of worst.entries()) {
        const [got, want] = [await left.play(i), await right.play(i)];
        for (const [name, value] of Object.entries(want)) {
          const difference = relativeDifference(got[name], value);
          if (name === SCALARS) row.terms = Math.max(row.terms, elementwise(got[name], value));
          else if (name.startsWith("gradient/")) row.gradients = Math.max(row.gradients, difference);
        }
        const [mine, theirs] = [await left.state.read(), await right.state.read()];
        for (const entry of Object.keys(theirs))
          row.state = Math.max(row.state, relativeDifference({ data: mine[entry] }, { data: theirs[entry] }));
      }
    return worst.map((row, i) => ({ ...row, kinds: [kindOf(left, i), kindOf(right, i)] }));
  } finally {
    await left.dispose();
    await right.dispose();
  }
}

/** How the engine would run each phase, by phase. */
export async function kindsOf(
  engine: Engine,
  options: Omit<SceneOptions, "engine">,
): Promise<Readonly<Record<string, Program["kind"]>>> {
  const scene = await openScene({ ...options, engine });
  try {
    return Object.fromEntries(
      scene.game.phases.map(({ phase }, i) => [`${scene.game.variant}/${phase.name}`, kindOf(scene, i)]),
    );
  } finally {
    await scene.dispose();
  }
}

function kindOf({ programs, game }: Scene, index: number): Program["kind"] {
  const { program } = programs[index];
  if (!program) throw internalError(`${game.variant}/${game.phases[index].phase.name}`, "the phase was not compiled");
  return program.kind;
}

/** {@link comparePrograms}, with a limit. @throws GanError BAD_PLUGIN that names phase, quantity and difference */
export async function expectSamePrograms(
  engines: readonly [Engine, Engine],
  options: Omit<SceneOptions, "engine"> & { readonly rtol?: number },
): Promise<void> {
  const { rtol = 1e-4 } = options;
  for (const { phase, terms, gradients, state } of await comparePrograms(engines, options))
    for (const [what, relative] of Object.entries({ terms, gradients, state }))
      if (!(relative <= rtol))
        throw enginesDiffer(`${options.variant.name}/${phase}`, what, {
          relative,
          rtol,
          engines: [engines[0].name, engines[1].name],
        });
}

type Values = Pick<HostTensor, "data"> | undefined;

/** max |a - b| / max |b|; Infinity when one of them is missing, longer, or not finite where the other is. */
function relativeDifference(a: Values, b: Values): number {
  if (!a || !b || a.data.length !== b.data.length) return Infinity;
  let [largest, difference] = [0, 0];
  for (let i = 0; i < b.data.length; i++) {
    if (Object.is(a.data[i], b.data[i])) continue;
    difference = Math.max(difference, Math.abs(a.data[i] - b.data[i]));
  }
  for (const value of b.data) largest = Math.max(largest, Math.abs(value));
  if (Number.isNaN(difference)) return Infinity;
  return difference === 0 ? 0 : difference / Math.max(largest, Number.MIN_VALUE);
}

/** The largest of the relative differences of single values: terms have nothing to do with each other. */
function elementwise(a: Values, b: Values): number {
  if (!a || !b || a.data.length !== b.data.length) return Infinity;
  return Math.max(
    ...Array.from(b.data, (_, i) =>
      relativeDifference({ data: a.data.subarray(i, i + 1) }, { data: b.data.subarray(i, i + 1) }),
    ),
  );
}

/** Bit for bit: -0 is not 0, and NaN is NaN. */
export const sameBits = (a: ArrayBufferView, b: ArrayBufferView | undefined): boolean =>
  b !== undefined &&
  Buffer.from(a.buffer, a.byteOffset, a.byteLength).equals(Buffer.from(b.buffer, b.byteOffset, b.byteLength));
