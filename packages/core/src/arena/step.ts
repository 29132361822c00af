/** @file One play of a phase as a pure function: forward, gradients, optimiser, constraint, average. */
import type { FunctionResult, Signature, TensorFunction, TensorProgram } from "../contracts/engine.js";
import type { TensorSpec } from "../contracts/tensors.js";
import type { BoundNetwork, PhaseResult, Terms } from "../contracts/variant.js";
import { bindNetwork } from "../nn/index.js";
import { pack, unpack } from "../tensor/pack.js";
import { tf, type Tensor } from "../tensor/tf.js";
import { HYPER } from "./check-variant.js";
import { differentiate } from "./differentiate.js";
import { averageEntry, cellsOf, memoriesOf, memoryEntry, memoryPacking, paramsEntry, slotEntry, statesEntry } from "./entries.js";
import { notReached } from "./errors.js";
import { pick, type Game, type PhasePlan } from "./game.js";
import { everyOf } from "./schedule.js";

/** Names of a phase program's outputs. */
export const SCALARS = "scalars";
export const emitOutput = (name: string): string => `emit/${name}`;
export const gradientOutput = (network: string, part: string): string => `gradient/${network}/${part}`;

/**
 * The function that plays a phase once.
 *
 * Inputs: the draws by name, and {@link PhasePlan.hyper} as one vector `hyper`. Outputs: {@link PhasePlan.scalars} as one
 * vector `scalars`, `emit/<name>`, and on request `gradient/<network>/<part>`. Terms of a phase played on every k-th round
 * only are minimised k-fold (Karras et al. 2020, App. B), and logged as the loss returned them.
 * @throws GanError BAD_PLUGIN when the function is traced and no term depends on an updated network
 */
export function phaseProgram(
  game: Game,
  plan: PhasePlan,
  { withGradients = false }: { readonly withGradients?: boolean } = {},
): TensorProgram {
  const { phase, uses } = plan;
  const phases = game.phases.map((other) => other.phase);
  const where = `${game.variant}/${phase.name}`;
  const entries = [
    ...uses.flatMap((network) => [paramsEntry(network), statesEntry(network)]),
    ...phase.updates.flatMap((network) => [
      ...(game.optimizers[network]?.slots ?? []).map((slot) => slotEntry(network, slot)),
      averageEntry(network),
    ]),
    ...Object.keys(memoriesOf(phase, phases)),
  ];
  const hyperSpec: Record<string, TensorSpec> =
    plan.hyper.length > 0 ? { [HYPER]: { shape: [plan.hyper.length], dtype: "float32" } } : {};
  const signature: Signature = {
    name: where,
    inputs: { ...plan.draws, ...hyperSpec },
    state: pick(game.stateSpec, entries),
  };

  const fn: TensorFunction = ({ [HYPER]: hyper, ...draws }, state) => {
    const params = unpackAll(game, uses, { state, kind: "params" });
    const states = unpackAll(game, uses, { state, kind: "states" });
    const own = (network: string): Tensor[] => params[network] ?? [];
    const cells = cellsOf(phase, phases, state);

    const { gradients, extras } = differentiate(phase.updates.flatMap(own), () => {
      const written: Record<string, Tensor> = {};
      const nets: Record<string, BoundNetwork> = {};
      for (const network of uses) {
        const layout = game.layouts[network];
        nets[network] = bindNetwork(game.networks[network], {
          layout,
          params: own(network),
          states: states[network] ?? [],
          training: true,
          // Networks that are not updated keep their states; their writes are dropped.
          onStateWrite: phase.updates.includes(network)
            ? (index, value) => (written[`state ${network} ${index}`] = value)
            : undefined,
        });
      }
      const result = phase.loss(nets, draws, cells);
      const { emits = {}, remember = {} } = result;
      const { totals, scalars } = gather(plan, result);
      const objectives = totals.map((total, i) => ({
        total: everyOf(phase) > 1 ? tf.mul(total, everyOf(phase)) : total,
        by: plan.groups[i].networks.flatMap(own),
      }));
      const extras: Record<string, Tensor> = { ...written, [SCALARS]: scalars };
      for (const name of Object.keys(plan.emits)) extras[emitOutput(name)] = emits[name];
      for (const name of plan.remembers) extras[`remember ${name}`] = tf.reshape(remember[name], []);
      return { objectives, extras };
    });

    const next: FunctionResult = { outputs: { [SCALARS]: extras[SCALARS] }, state: {} };
    for (const name of Object.keys(plan.emits)) next.outputs[emitOutput(name)] = extras[emitOutput(name)];
    const scalar = hyperReader(plan.hyper, hyper);
    plan.groups.forEach((group, g) => {
      let offset = 0;
      for (const network of group.networks) {
        const tensors = own(network);
        const raw = gradients[g].slice(offset, (offset += tensors.length));
        if (raw.every((gradient) => gradient === undefined)) throw notReached(where, network);
        const grads = raw.map((gradient, i) => gradient ?? tf.zerosLike(tensors[i]));
        step(game, plan, { network, grads, state, scalar, next });
        const parts = game.layouts[network].params.parts;
        if (withGradients) parts.forEach((part, i) => (next.outputs[gradientOutput(network, part.name)] = grads[i]));
      }
    });
    for (const network of phase.updates) {
      const old = states[network] ?? [];
      const values = old.map((value, i) => extras[`state ${network} ${i}`] ?? value);
      if (values.some((value, i) => value !== old[i]))
        next.state[statesEntry(network)] = pack(values, game.layouts[network].states);
    }
    if (plan.remembers.length > 0)
      next.state[memoryEntry(phase.name)] = pack(
        Object.keys(phase.memory ?? {}).map((name) => extras[`remember ${name}`] ?? cells[name]),
        memoryPacking(phase),
      );
    return next;
  };
  return { fn, signature };
}

/** The tensors of all networks' parameters or states; networks without any are left out. */
export function unpackAll(
  game: Game,
  networks: readonly string[],
  { state, kind }: { readonly state: Record<string, Tensor>; readonly kind: "params" | "states" },
): Record<string, Tensor[]> {
  const entry = kind === "params" ? paramsEntry : statesEntry;
  const unpacked: Record<string, Tensor[]> = {};
  for (const network of networks) {
    const flat = state[entry(network)];
    if (flat) unpacked[network] = unpack(flat, game.layouts[network][kind]);
  }
  return unpacked;
}

/** The sum of each group's terms, and all that is logged as one vector in the order of {@link PhasePlan.scalars}. */
function gather(plan: PhasePlan, { terms: all, probes: shown = {} }: PhaseResult): { totals: Tensor[]; scalars: Tensor } {
  const terms = plan.groups.map((group): Tensor[] => {
    const own = (plan.grouped ? all[group.networks[0]] : all) as Terms;
    return group.terms.map((name) => tf.reshape(own[name], []));
  });
  const totals = terms.map((group) => group.reduce((sum, term) => tf.add(sum, term)));
  const sums = totals.filter((_, i) => terms[i].length > 1);
  const probes = plan.probes.map((name) => shown[name]);
  const scalars = [...terms.flat(), ...sums, ...probes].map((value) => tf.reshape(tf.cast(value, "float32"), [1]));
  return { totals, scalars: tf.concat(scalars) };
}

/** Moves one network: optimiser, constraint, average. */
function step(
  game: Game,
  { phase }: PhasePlan,
  {
    network,
    grads,
    state,
    scalar,
    next,
  }: {
    readonly network: string;
    readonly grads: readonly Tensor[];
    readonly state: Record<string, Tensor>;
    readonly scalar: (name: string) => Tensor;
    readonly next: FunctionResult;
  },
): void {
  const optimizer = game.optimizers[network];
  const before = state[paramsEntry(network)];
  const scalars = optimizer.scalars({ update: 1, kimg: 0, totalKimg: 1 });
  const { params, slots } = optimizer.step({
    params: before,
    grads: pack(grads, game.layouts[network].params),
    slots: Object.fromEntries(optimizer.slots.map((slot) => [slot, state[slotEntry(network, slot)]])),
    scalars: Object.fromEntries(Object.keys(scalars).map((name) => [name, scalar(`${network}/${name}`)])),
  });
  const after = phase.constrain ? phase.constrain.apply(params) : params;
  next.state[paramsEntry(network)] = after;
  for (const slot of optimizer.slots) next.state[slotEntry(network, slot)] = slots[slot];
  const average = state[averageEntry(network)];
  if (average) {
    const decay = scalar(`${network}/average`);
    next.state[averageEntry(network)] = tf.add(after, tf.mul(decay, tf.sub(average, after)));
  }
}

/** Scalars `[]` out of the vector `hyper`, each cut out once. */
function hyperReader(names: readonly string[], hyper: Tensor): (name: string) => Tensor {
  return (name) => tf.reshape(tf.slice(hyper, [names.indexOf(name)], [1]), []);
}
