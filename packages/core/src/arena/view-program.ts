/** @file A view as a pure function of its draws: networks in evaluation mode, averaged where there is an average. */
import type { Signature, TensorFunction } from "../contracts/engine.js";
import type { BoundNetwork } from "../contracts/variant.js";
import { bindNetwork } from "../nn/index.js";
import { unpack } from "../tensor/pack.js";
import { averageEntry, paramsEntry, statesEntry } from "./entries.js";
import { pick, type Game, type ViewPlan } from "./game.js";
import { unpackAll } from "./step.js";

/** Name of a view program's output. */
export const SAMPLES = "samples";

/** The function that draws a view; its inputs are the view's draws, its only output is `samples`. */
export function viewProgram(game: Game, plan: ViewPlan): { readonly fn: TensorFunction; readonly signature: Signature } {
  const weights = (network: string): string =>
    averageEntry(network) in game.stateSpec ? averageEntry(network) : paramsEntry(network);
  const signature: Signature = {
    name: `${game.variant}/${plan.view.name}`,
    inputs: plan.draws,
    state: pick(game.stateSpec, plan.uses.flatMap((network) => [weights(network), statesEntry(network)])),
  };
  const fn: TensorFunction = (draws, state) => {
    const states = unpackAll(game, plan.uses, { state, kind: "states" });
    const nets: Record<string, BoundNetwork> = {};
    for (const network of plan.uses) {
      const layout = game.layouts[network];
      const flat = state[weights(network)];
      nets[network] = bindNetwork(game.networks[network], {
        layout,
        params: flat ? unpack(flat, layout.params) : [],
        states: states[network] ?? [],
        training: false,
      });
    }
    return { outputs: { [SAMPLES]: plan.view.render(nets, draws) }, state: {} };
  };
  return { fn, signature };
}
