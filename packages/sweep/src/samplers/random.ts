/** @file Random search: Bergstra and Bengio 2012, "Random search for hyper-parameter optimization", JMLR 13. */
import type { Params, Sampler, Space } from "../contracts.js";
import { uniforms } from "../math/random.js";
import { strict } from "../space/schema.js";
import { assemble } from "../space/arrange.js";
import { fromUnit } from "../space/distribution.js";
import { definePlugin } from "../study/plugins.js";

/** Independent draws; trial `number` of a seed is the same whoever runs it, and a parameter keeps its draw when others are inactive. */
export function drawAtRandom(space: Space, seed: number, number: number): Params {
  const u = uniforms(seed, "sweep/random", number, space.parameters.length);
  return assemble(space, ({ distribution }, index) => fromUnit(distribution, u[index] ?? 0));
}

export const random = definePlugin({
  name: "random",
  summary: "independent draws from the space",
  options: strict({}),
  create: (): Sampler => ({
    name: "random",
    oblivious: true,
    suggest: ({ space, seed, number }) => drawAtRandom(space, seed, number),
  }),
});
