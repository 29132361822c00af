/** @file The game of a variant as text: networks with their layers, and one round with its draws, updates and losses. */
import type { AnyVariant, DataSpec, Draw, Engine } from "@gan-arena/core/base";
import { openGame, packedSize, sizeOf, type Game, type Network, type Phase, type PhasePlan } from "@gan-arena/core";
import { plural } from "../terminal/format.js";

interface DrawnNetwork {
  readonly network: string;
  readonly parameters: number;
  readonly states: number;
  /** Shapes with the batch axis, of the first call. */
  readonly inputs: readonly (readonly number[])[];
  readonly output: readonly number[];
  readonly optimizer?: string;
  readonly averageKimg?: number;
  readonly layers: readonly { readonly layer: string; readonly tensors: Readonly<Record<string, readonly number[]>> }[];
}

interface DrawnPhase {
  readonly phase: string;
  readonly updates: readonly string[];
  /** Plays in the first round; `every` > 1: in every n-th round only. */
  readonly repeat: number;
  readonly every: number;
  readonly draws: Readonly<Record<string, string>>;
  readonly terms: readonly string[];
  readonly probes: readonly string[];
  readonly emits: readonly string[];
  readonly constraint?: string;
}

export interface DrawnGame {
  readonly data: string;
  readonly batchSize: number;
  readonly networks: readonly DrawnNetwork[];
  readonly phases: readonly DrawnPhase[];
  readonly views: readonly {
    readonly view: string;
    readonly draws: Readonly<Record<string, string>>;
    readonly output: readonly number[];
  }[];
}

/** @throws GanError when the parts of the variant do not fit together */
export async function drawGame(
  variant: AnyVariant,
  { config, data, engine }: { readonly config: unknown; readonly data: DataSpec; readonly engine: Engine },
): Promise<DrawnGame> {
  const calls = new Map<string, Pick<DrawnNetwork, "inputs" | "output">>();
  const watched =
    (name: string, network: Network): Network =>
    (nn, ...inputs) => {
      const output = network(nn, ...inputs);
      if (!calls.has(name))
        calls.set(name, { inputs: inputs.map(({ shape }) => [...shape]), output: [...output.shape] });
      return output;
    };
  const spy: AnyVariant = {
    ...variant,
    networks: (config, data) =>
      Object.fromEntries(
        Object.entries(variant.networks(config, data)).map(([name, network]) => [name, watched(name, network)]),
      ),
  };
  const batchSize = variant.defaults?.(config, data).batchSize ?? 64;
  const game = await openGame({ variant: spy, config, data, engine, batchSize });
  return {
    data: data.name,
    batchSize,
    networks: Object.keys(game.layouts).map((name) => ({
      ...networkOf(game, name),
      ...(calls.get(name) ?? { inputs: [], output: [] }),
    })),
    phases: game.phases.map(phaseOf),
    views: game.views.map(({ view, output }) => ({
      view: view.name,
      draws: drawsOf(view.draws),
      output: output.shape,
    })),
  };
}

function networkOf({ layouts, optimizers, averages }: Game, network: string): Omit<DrawnNetwork, "inputs" | "output"> {
  const { params, states } = layouts[network];
  const layers = new Map<string, Record<string, readonly number[]>>();
  for (const { name, shape } of params.parts) {
    const at = name.lastIndexOf("/");
    const layer = at < 0 ? "" : name.slice(0, at);
    layers.set(layer, { ...layers.get(layer), [name.slice(at + 1)]: shape });
  }
  return {
    network,
    parameters: packedSize(params),
    states: packedSize(states),
    ...(network in optimizers ? { optimizer: optimizers[network].name } : {}),
    ...(network in averages ? { averageKimg: averages[network] } : {}),
    layers: [...layers].map(([layer, tensors]) => ({ layer, tensors })),
  };
}

function phaseOf({ phase, scalars, finite, probes, emits }: PhasePlan): DrawnPhase {
  return {
    phase: phase.name,
    updates: phase.updates,
    repeat: repeatOf(phase),
    every: phase.every ?? 1,
    draws: drawsOf(phase.draws),
    terms: scalars.slice(0, finite).filter((name) => !name.endsWith("/total")),
    probes,
    emits: Object.keys(emits),
    ...(phase.constrain ? { constraint: phase.constrain.name } : {}),
  };
}

const repeatOf = ({ repeat = 1 }: Phase): number => (typeof repeat === "function" ? repeat(0) : repeat);

const drawsOf = (draws: Readonly<Record<string, Draw>>): Record<string, string> =>
  Object.fromEntries(Object.entries(draws).map(([name, draw]) => [name, wordsOf(draw)]));

function wordsOf(draw: Draw): string {
  switch (draw.kind) {
    case "normal":
      return `normal ${shapeOf(["N", ...draw.shape])}`;
    case "uniform":
      return `uniform in [${draw.low},${draw.high}), ${draw.shape ? shapeOf(["N", ...draw.shape]) : "one for each sample"}`;
    case "batch":
      return `real ${draw.field}`;
    case "cycle":
      return `labels 0 to ${draw.size - 1} in turn`;
    default:
      return `what was emitted as ${draw.source}, through a history of ${draw.capacity}`;
  }
}

const shapeOf = (shape: readonly (number | string)[]): string => `[${shape.join(",")}]`;
const perSample = ([, ...rest]: readonly number[]): string => shapeOf(["N", ...rest]);

/** The game for people. */
export function gameText({ data, batchSize, networks, phases, views }: DrawnGame): string {
  return [
    `Networks (on ${data}, with the settings above):`,
    ...networks.flatMap(networkLines),
    "",
    `One round (batches of ${batchSize}):`,
    ...phases.flatMap(phaseLines),
    "",
    "Views (metrics judge the first):",
    ...views.map(({ view, draws, output }) => `  ${view}: ${listOf(draws)} -> ${perSample(output)}`),
  ].join("\n");
}

function networkLines({
  network,
  inputs,
  output,
  parameters,
  states,
  optimizer,
  averageKimg,
  layers,
}: DrawnNetwork): string[] {
  const facts = [
    plural(parameters, "parameter"),
    ...(states > 0 ? [plural(states, "state")] : []),
    ...(optimizer === undefined ? [] : [optimizer]),
    ...(averageKimg === undefined ? [] : [`averaged with a half-life of ${averageKimg} kimg`]),
  ];
  const width = Math.max(...layers.map(({ layer }) => layer.length));
  return [
    `  ${network}: ${inputs.map(perSample).join(", ")} -> ${perSample(output)}; ${facts.join(", ")}`,
    ...layers.map(({ layer, tensors }) => {
      const parts = Object.entries(tensors).map(([name, shape]) => `${name} ${shapeOf(shape)}`);
      const count = Object.values(tensors).reduce((sum, shape) => sum + sizeOf(shape), 0);
      return `    ${layer.padEnd(width)}  ${parts.join(", ")}  = ${count}`;
    }),
  ];
}

function phaseLines({ phase, updates, repeat, every, draws, terms, probes, emits, constraint }: DrawnPhase): string[] {
  const often = [...(repeat > 1 ? [`${repeat} times`] : []), ...(every > 1 ? [`in every ${every}th round`] : [])];
  return [
    `  ${phase}${often.length > 0 ? `, ${often.join(", ")}` : ""}: moves ${updates.join(", ")}`,
    `    draws      ${listOf(draws)}`,
    `    minimises  ${terms.join(" + ")}`,
    ...(constraint === undefined ? [] : [`    then       ${constraint}`]),
    ...(probes.length > 0 ? [`    logs       ${probes.join(", ")}`] : []),
    ...(emits.length > 0 ? [`    emits      ${emits.join(", ")}`] : []),
  ];
}

const listOf = (draws: Readonly<Record<string, string>>): string =>
  Object.entries(draws)
    .map(([name, words]) => `${name}: ${words}`)
    .join("; ");
