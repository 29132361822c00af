/** @file Checks what a variant declares, before anything is traced. Every message says what to write instead. */
import type { DataSpec } from "../contracts/dataset.js";
import { sizeOf, type TensorSpec } from "../contracts/tensors.js";
import type { Draw, Network, Phase, View } from "../contracts/variant.js";
import type { AnyVariant } from "../di.js";
import type { OptimizerSpec } from "../optimizers/optimizer.js";
import { criticsOf } from "../parts/critics.js";
import { badName, badVariant, nameTaken, noRealData, unknownPart } from "./errors.js";
import { everyOf, repeatOf } from "./schedule.js";

/** What a variant says for one config and one data set. */
export interface Declaration {
  readonly variant: string;
  readonly networks: Readonly<Record<string, Network>>;
  readonly optimizers: Readonly<Record<string, OptimizerSpec>>;
  /** Half-lives in kimg. */
  readonly averages: Readonly<Record<string, number>>;
  readonly critics: readonly string[];
  readonly phases: readonly Phase[];
  readonly views: readonly View[];
}

/** The program's input that carries rates and decays; no draw may take its name. */
export const HYPER = "hyper";

/** Asks the variant for its parts and checks them against each other. @throws GanError BAD_PLUGIN */
export function declare(variant: AnyVariant, config: unknown, data: DataSpec): Declaration {
  const networks = variant.networks(config, data);
  const known = Object.keys(networks);
  const declared: Declaration = {
    variant: variant.name,
    networks,
    optimizers: variant.optimizers(config, data),
    averages: variant.averages?.(config, data) ?? {},
    critics: criticsOf(variant, known),
    phases: variant.phases(config, data),
    views: variant.views(config, data),
  };
  checkNames(variant.name, "network", known);
  for (const name of [...Object.keys(declared.optimizers), ...Object.keys(declared.averages), ...declared.critics])
    if (!known.includes(name)) throw unknownPart(variant.name, "network", name, known);
  for (const [name, halfLife] of Object.entries(declared.averages))
    if (!(halfLife > 0))
      throw badVariant(
        variant.name,
        `the half-life of the average of "${name}" must be a number of kimg above 0, got ${halfLife}`,
        "leave the network out of averages() to have none",
      );
  checkNames(variant.name, "phase", declared.phases.map((phase) => phase.name));
  checkNames(variant.name, "view", declared.views.map((view) => view.name));
  for (const phase of declared.phases) checkPhase(phase, declared, data);
  for (const view of declared.views) {
    checkDraws(`${variant.name}/${view.name}`, view.draws, data);
    checkTranslation(`${variant.name}/${view.name}`, view, data);
    for (const [name, draw] of Object.entries(view.draws))
      if (draw.kind === "replay")
        throw badVariant(
          `${variant.name}/${view.name}`,
          `a view cannot draw "${name}" by replay, because it is drawn outside the game`,
          "draw it with batch() or normal()",
        );
  }
  if (!declared.phases.some((phase) => showsReal(phase, declared.critics)))
    throw noRealData(variant.name, declared.critics);
  return declared;
}

function checkTranslation(where: string, { translates, columns, draws }: View, data: DataSpec): void {
  if (columns !== undefined && !(Number.isInteger(columns) && columns > 0))
    throw badVariant(where, `columns must be a whole number above 0, got ${columns}`, "leave it out for a square picture");
  if (!translates) return;
  const { from, to } = translates;
  for (const field of [from, to])
    if (!(field in data.fields))
      throw unknownPart(where, `field of the data set ${data.name}`, field, Object.keys(data.fields));
  if (!Object.values(draws).some((draw) => draw.kind === "batch" && draw.field === from))
    throw badVariant(where, `the view translates "${from}" and does not draw it`, `add batch("${from}") to its draws`);
}

export const drawsBatch = (draws: Readonly<Record<string, Draw>>): boolean =>
  Object.values(draws).some((draw) => draw.kind === "batch");

/** Whether a play of the phase shows real images to a critic that it moves; such plays are what kimg counts. */
export const showsReal = (phase: Phase, critics: readonly string[]): boolean =>
  drawsBatch(phase.draws) && phase.updates.some((name) => critics.includes(name));

/** What a draw other than `replay` gives for a batch of `n`. */
export function drawSpec(draw: Exclude<Draw, { kind: "replay" }>, data: DataSpec, n: number): TensorSpec {
  if (draw.kind === "batch") {
    const field = data.fields[draw.field];
    return { shape: [n, ...field.shape], dtype: field.dtype };
  }
  if (draw.kind === "cycle") return { shape: [n], dtype: "int32" };
  const shape = draw.shape ?? data.fields["x"].shape.map(() => 1);
  return { shape: [n, ...shape], dtype: "float32" };
}

function checkNames(where: string, kind: string, names: readonly string[]): void {
  if (names.length === 0)
    throw badVariant(where, `a variant needs at least one ${kind}, got none`, `return one from ${kind}s()`);
  names.forEach((name, i) => {
    if (!/^[A-Za-z][\w-]*$/.test(name)) throw badName(where, kind, name);
    if (names.indexOf(name) !== i) throw nameTaken(where, kind, name);
  });
}

function checkPhase(phase: Phase, { variant, networks, optimizers, phases }: Declaration, data: DataSpec): void {
  const where = `${variant}/${phase.name}`;
  if (phase.updates.length === 0)
    throw badVariant(where, "a phase must update at least one network, got updates: []", "name the networks it moves");
  phase.updates.forEach((name, i) => {
    if (!(name in networks)) throw unknownPart(where, "network", name, Object.keys(networks));
    if (!(name in optimizers))
      throw badVariant(
        where,
        `the phase updates "${name}", which has no optimiser`,
        `add ${name}: adam({ … }) to optimizers()`,
      );
    if (phase.updates.indexOf(name) !== i)
      throw badVariant(where, `updates names "${name}" twice`, "name each network once");
  });
  for (const [what, count] of [["repeat", repeatOf(phase, 0)], ["every", everyOf(phase)]] as const)
    if (!Number.isInteger(count) || count < 1)
      throw badVariant(where, `${what} must be a whole number from 1 on, got ${count}`, "leave it out for 1");
  for (const [name, value] of Object.entries(phase.memory ?? {}))
    if (!Number.isFinite(value))
      throw badVariant(where, `memory "${name}" must begin as a finite number, got ${value}`, "give it a number");
  for (const [name, { phase: other, cell }] of Object.entries(phase.reads ?? {})) {
    const kept = phases.find((known) => known.name === other);
    if (!kept) throw unknownPart(where, "phase", other, phases.map((known) => known.name));
    if (!(cell in (kept.memory ?? {}))) throw unknownPart(where, `memory of ${other}`, cell, Object.keys(kept.memory ?? {}));
    if (name in (phase.memory ?? {})) throw badVariant(where, `"${name}" is remembered and read`, "rename one of them");
  }
  checkDraws(where, phase.draws, data);
}

function checkDraws(where: string, draws: Readonly<Record<string, Draw>>, data: DataSpec): void {
  for (const [name, draw] of Object.entries(draws)) {
    if (!/^[A-Za-z][\w-]*$/.test(name)) throw badName(where, "draw", name);
    if (name === HYPER) throw badVariant(where, `the name "${HYPER}" is taken by the arena`, "rename the draw");
    if (draw.kind === "batch" && !(draw.field in data.fields))
      throw unknownPart(where, `field of the data set ${data.name}`, draw.field, Object.keys(data.fields));
    if (draw.kind === "replay" && !(Number.isInteger(draw.capacity) && draw.capacity > 0))
      throw badVariant(where, `the capacity of replay "${name}" must be a whole number above 0, got ${draw.capacity}`, "use 50, as CycleGAN does");
    if (draw.kind === "cycle" && !(Number.isInteger(draw.size) && draw.size > 0))
      throw badVariant(where, `the number of labels of cycle "${name}" must be a whole number above 0, got ${draw.size}`, "use the data's classes");
    if (draw.kind === "uniform" && !(draw.low < draw.high))
      throw badVariant(where, `uniform "${name}" must have low < high, got ${draw.low} and ${draw.high}`, "swap them");
    if ((draw.kind === "normal" || draw.kind === "uniform") && !isShape(draw.shape ?? []))
      throw badVariant(where, `the shape of "${name}" must be whole numbers above 0, got [${draw.shape?.join(",")}]`, "leave out the batch axis");
  }
}

const isShape = (shape: readonly number[]): boolean => shape.every(Number.isInteger) && sizeOf(shape) > 0;
