/** @file Spectral normalisation of a whole network: Miyato et al. 2018, arXiv:1802.05957. */
import type { Network } from "../contracts/variant.js";
import type { Reparametrisation, Scope, WeightOptions } from "../nn/index.js";

/**
 * The network with `nn.spectralNorm` on the weight of each `nn.dense`, `nn.conv2d` and `nn.convTranspose2d` that it calls.
 *
 * LIMIT: weights that the network makes itself by `nn.param`, embeddings among them, stay as they are.
 * @param found called for each layer that was normalised
 */
export const spectrally =
  (network: Network, found: () => void = () => undefined): Network =>
  (nn, ...inputs) =>
    network(normalised(nn, found), ...inputs);

function normalised(nn: Scope, found: () => void): Scope {
  const on = <O extends WeightOptions>(options: O | undefined): O & WeightOptions => {
    const own: Reparametrisation | undefined = options?.weight;
    const weight: Reparametrisation = (w, at) => {
      found();
      return nn.spectralNorm(own ? own(w, at) : w, at);
    };
    return { ...(options ?? ({} as O)), weight };
  };
  return {
    ...nn,
    scope: (name, body) => nn.scope(name, (inner) => body(normalised(inner, found))),
    dense: (x, units, options) => nn.dense(x, units, on(options)),
    conv2d: (x, filters, options) => nn.conv2d(x, filters, on(options)),
    convTranspose2d: (x, filters, options) => nn.convTranspose2d(x, filters, on(options)),
  };
}
