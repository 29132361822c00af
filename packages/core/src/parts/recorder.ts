/** @file Watches what a phase's loss shows to its critics, and changes what they see. */
import type { BoundNetwork, BoundNetworks } from "../contracts/variant.js";
import { tf, type Tensor } from "../tensor/tf.js";

/** One call of a critic by the loss itself, not by a penalty inside it. */
export interface CriticCall {
  readonly critic: string;
  /** What is judged, as the loss passed it. */
  readonly x: Tensor;
  /** Further inputs, for example labels. */
  readonly rest: readonly Tensor[];
  readonly scores: Tensor;
  /** Whether `x` is a batch of real samples as it was drawn. */
  readonly real: boolean;
}

export interface RecorderOptions {
  readonly nets: BoundNetworks;
  readonly critics: readonly string[];
  /** The real samples that the phase draws. */
  readonly batches: readonly Tensor[];
  /** What a critic sees instead of `x`. */
  readonly see: (x: Tensor, call: { readonly real: boolean; readonly inputs: number }) => Tensor;
  /** What the loss gets instead of the scores, in calls of its own. */
  readonly answer: (scores: Tensor, call: { readonly real: boolean }) => Tensor;
}

export interface Recorder {
  /** The networks for the loss to call. */
  readonly nets: BoundNetworks;
  /** The loss's own calls so far. */
  readonly calls: readonly CriticCall[];
}

/** How many gradients are being taken. Inside a penalty there is one more than in the loss around it. */
const gradientDepth = (): number => tf.engine().state.gradientDepth;

/** Opens a recorder; to be called when the loss begins. */
export function record({ nets, critics, batches, see, answer }: RecorderOptions): Recorder {
  const depth = gradientDepth();
  const calls: CriticCall[] = [];
  const watched =
    (critic: string, network: BoundNetwork): BoundNetwork =>
    (x, ...rest) => {
      const real = batches.includes(x);
      const scores = network(see(x, { real, inputs: 1 + rest.length }), ...rest);
      if (gradientDepth() !== depth) return scores;
      calls.push({ critic, x, rest, scores, real });
      return answer(scores, { real });
    };
  // A proxy, since the record behind it may refuse names that it does not have.
  const wrapped = new Proxy(nets, {
    get(target, name) {
      const network = Reflect.get(target, name) as BoundNetwork;
      return typeof name === "string" && critics.includes(name) ? watched(name, network) : network;
    },
  });
  return { nets: wrapped, calls };
}
