/** @file Learns from one run on symbols what a phase calls, returns and emits, and checks it. */
import type { DataSpec } from "../contracts/dataset.js";
import type { Engine } from "../contracts/engine.js";
import type { TensorSpec } from "../contracts/tensors.js";
import type { BoundNetwork, Draw, Phase, PhaseResult, Terms, View } from "../contracts/variant.js";
import { GanError, badPlugin, shapeMismatch } from "../errors.js";
import type { NetworkRecorder } from "../nn/index.js";
import type { OptimizerSpec } from "../optimizers/optimizer.js";
import { tf, type Tensor } from "../tensor/tf.js";
import { type Declaration, drawSpec, showsReal } from "./check-variant.js";
import { cellsOf, memoriesOf } from "./entries.js";
import { badVariant, nameTaken, notAScalar, notReached, replayTooEarly, returnedPromise, unknownPart } from "./errors.js";
import type { PhasePlan, TermGroup, ViewPlan } from "./game.js";

export interface TraceContext {
  readonly declared: Declaration;
  readonly optimizers: Readonly<Record<string, OptimizerSpec>>;
  readonly recorders: Readonly<Record<string, NetworkRecorder>>;
  readonly engine: Engine;
  readonly data: DataSpec;
  /** What the phases traced so far emit; grows. */
  readonly emitted: Record<string, TensorSpec>;
  /** Logged names taken so far; grows. */
  readonly logged: Set<string>;
}

/** Traces a phase. @throws GanError BAD_PLUGIN, SHAPE_MISMATCH */
export async function tracePhase(phase: Phase, batchSize: number, context: TraceContext): Promise<PhasePlan> {
  const { declared, engine, emitted } = context;
  const where = `${declared.variant}/${phase.name}`;
  const draws = drawSpecs(phase.draws, batchSize, { where, context });
  const { nets, used } = recordingNets(where, context);
  let shape: ResultShape | undefined;
  const specs = await engine.trace(
    (inputs, state) => {
      const memory = cellsOf(phase, declared.phases, state);
      const result = authored(where, "loss", () =>
        phase.loss(nets, guard(where, "draw", inputs), guard(where, "memory", memory)),
      );
      shape = shapeOfResult(where, phase, result);
      return { outputs: shape.tensors, state: {} };
    },
    { name: where, inputs: draws, state: memoriesOf(phase, declared.phases) },
  );
  if (!shape) throw badPlugin(where, "the engine did not trace the loss");
  const { groups, grouped, probes, emits, remembers } = shape;

  for (const network of phase.updates) if (!used.has(network)) throw notReached(where, network);
  for (const name of emits) {
    const spec = specs[`emit ${name}`];
    if (name in emitted) throw nameTaken(where, "emitted batch", name);
    if (spec.shape[0] !== batchSize || spec.dtype !== "float32")
      throw shapeMismatch(where, `emitted batch "${name}"`, `float32 [N,…] with N = ${batchSize}`, spec.shape, "emit one value per sample");
  }
  for (const name of emits) emitted[name] = specs[`emit ${name}`];

  const scalars = loggedNames(phase, { groups, grouped, probes });
  for (const name of scalars) {
    if (context.logged.has(name)) throw nameTaken(where, "logged term", name);
    context.logged.add(name);
  }
  return {
    phase,
    uses: Object.keys(nets).filter((name) => used.has(name)),
    draws,
    groups,
    grouped,
    probes,
    emits: Object.fromEntries(emits.map((name) => [name, emitted[name]])),
    remembers,
    scalars,
    finite: scalars.length - probes.length,
    hyper: hyperNames(phase, context),
    showsReal: showsReal(phase, declared.critics),
  };
}

/** Traces a view. @throws GanError BAD_PLUGIN, SHAPE_MISMATCH */
export async function traceView(view: View, batchSize: number, context: TraceContext): Promise<ViewPlan> {
  const where = `${context.declared.variant}/${view.name}`;
  const draws = drawSpecs(view.draws, batchSize, { where, context });
  const { nets, used } = recordingNets(where, context);
  const specs = await context.engine.trace(
    (inputs) => {
      const samples = authored(where, "render", () => view.render(nets, guard(where, "draw", inputs)));
      if (!(samples instanceof tf.Tensor)) throw badVariant(where, "render must return a tensor", "return the samples");
      return { outputs: { samples }, state: {} };
    },
    { name: where, inputs: draws, state: {} },
  );
  const output = specs["samples"];
  const first = output.shape[0] ?? 0;
  if (output.dtype !== "float32" || first === 0 || first % batchSize !== 0)
    throw shapeMismatch(where, "what the view returns", `float32 [N,…] with N = ${batchSize} or a multiple`, output.shape, "return one or more samples for each draw");
  return { view, uses: Object.keys(nets).filter((name) => used.has(name)), draws, output };
}

interface ResultShape {
  readonly tensors: Record<string, Tensor>;
  readonly groups: readonly TermGroup[];
  readonly grouped: boolean;
  readonly probes: readonly string[];
  readonly emits: readonly string[];
  readonly remembers: readonly string[];
}

/** Whether the terms are grouped by network. */
const isGrouped = (terms: PhaseResult["terms"]): terms is Readonly<Record<string, Terms>> =>
  !Object.values(terms).some((value) => value instanceof tf.Tensor);

function shapeOfResult(where: string, phase: Phase, result: PhaseResult): ResultShape {
  const tensors: Record<string, Tensor> = {};
  const scalar = (kind: string, name: string, value: unknown): void => {
    if (!(value instanceof tf.Tensor))
      throw badVariant(where, `${kind} "${name}" must be a tensor, got ${typeof value}`, "return what the ops return");
    if (value.size !== 1) throw notAScalar(where, kind, name, value.shape);
    tensors[`${kind} ${name}`] = value;
  };
  const terms: PhaseResult["terms"] = result?.terms ?? {};
  const groups = isGrouped(terms)
    ? Object.entries(terms).map(([network, own]) => ({ networks: [network], terms: Object.keys(own) }))
    : [{ networks: phase.updates, terms: Object.keys(terms) }];
  if (groups.length === 0 || groups.some((group) => group.terms.length === 0))
    throw badVariant(where, "the loss returned no terms", "return { terms: { name: scalar } }");
  if (isGrouped(terms)) {
    for (const [network, own] of Object.entries(terms)) {
      if (!phase.updates.includes(network)) throw unknownPart(where, "updated network", network, phase.updates);
      for (const [name, value] of Object.entries(own)) scalar("term", `${network}/${name}`, value);
    }
    const missing = phase.updates.find((network) => !(network in terms));
    if (missing !== undefined) throw notReached(where, missing);
  } else for (const [name, value] of Object.entries(terms)) scalar("term", name, value);

  for (const [name, value] of Object.entries(result.probes ?? {})) scalar("probe", name, value);
  for (const [name, value] of Object.entries(result.remember ?? {})) {
    if (!(name in (phase.memory ?? {}))) throw unknownPart(where, "memory", name, Object.keys(phase.memory ?? {}));
    scalar("remember", name, value);
  }
  for (const [name, value] of Object.entries(result.emits ?? {})) {
    if (!(value instanceof tf.Tensor)) throw badVariant(where, `emitted batch "${name}" must be a tensor`, "return it");
    tensors[`emit ${name}`] = value;
  }
  return {
    tensors,
    groups,
    grouped: isGrouped(terms),
    probes: Object.keys(result.probes ?? {}),
    emits: Object.keys(result.emits ?? {}),
    remembers: Object.keys(result.remember ?? {}),
  };
}

/** `D/penalty` when one network descends the term, else `<phase>/penalty`; a sum of several terms is `<phase>/total`. */
function loggedNames(phase: Phase, { groups, grouped, probes }: Pick<PhasePlan, "groups" | "grouped" | "probes">): string[] {
  const terms = groups.flatMap(({ networks, terms }) =>
    terms.map((term) => `${networks.length === 1 ? networks[0] : phase.name}/${term}`),
  );
  const totals = groups.flatMap(({ networks, terms }) =>
    terms.length < 2 ? [] : [grouped ? `${phase.name}/${networks[0]}/total` : `${phase.name}/total`],
  );
  return [...terms, ...totals, ...probes];
}

function hyperNames(phase: Phase, { optimizers, declared }: TraceContext): string[] {
  return phase.updates.flatMap((network) => {
    const scalars = optimizers[network]?.scalars({ update: 1, kimg: 0, totalKimg: 1 }) ?? {};
    const names = Object.keys(scalars).map((name) => `${network}/${name}`);
    return network in declared.averages ? [...names, `${network}/average`] : names;
  });
}

function drawSpecs(
  draws: Readonly<Record<string, Draw>>,
  batchSize: number,
  { where, context }: { readonly where: string; readonly context: TraceContext },
): Record<string, TensorSpec> {
  return Object.fromEntries(
    Object.entries(draws).map(([name, draw]) => {
      if (draw.kind !== "replay") return [name, drawSpec(draw, context.data, batchSize)];
      const source = context.emitted[draw.source];
      if (!source) throw replayTooEarly(where, name, draw.source, Object.keys(context.emitted));
      return [name, source];
    }),
  );
}

function recordingNets(
  where: string,
  { recorders }: TraceContext,
): { readonly nets: Readonly<Record<string, BoundNetwork>>; readonly used: Set<string> } {
  const used = new Set<string>();
  const nets = Object.fromEntries(
    Object.entries(recorders).map(([name, recorder]) => [
      name,
      (...inputs: Tensor[]): Tensor => {
        used.add(name);
        return recorder.call(...inputs);
      },
    ]),
  );
  return { nets: guard(where, "network", nets), used };
}

/** The same record, but asking for a name that it lacks is an error that lists what there is. */
function guard<T>(where: string, kind: string, record: Readonly<Record<string, T>>): Readonly<Record<string, T>> {
  return new Proxy(record, {
    get(target, name) {
      if (typeof name === "symbol" || name in target) return Reflect.get(target, name) as T;
      throw unknownPart(where, kind, name, Object.keys(target));
    },
  });
}

const isPromise = (value: unknown): value is Promise<unknown> => value instanceof Promise;

/** Runs code of the variant's author; what it throws names the place. */
function authored<T>(where: string, what: string, body: () => T): T {
  try {
    const result = body();
    if (isPromise(result)) {
      result.catch(() => undefined); // it is refused here; what becomes of it does not matter
      throw returnedPromise(where, what);
    }
    return result;
  } catch (error) {
    if (error instanceof GanError) throw error;
    throw badPlugin(where, `${what} threw: ${error instanceof Error ? error.message : String(error)}`, error);
  }
}
