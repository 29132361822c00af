/** @file Uniform numbers in double precision from the counter-based streams of core. */
import { stream } from "@gan-arena/core/base";

/**
 * `count` numbers in [0,1) with 53 random bits each: draw number `counter` of the stream `name` of `seed`.
 * A function of its arguments, so a trial's numbers depend on nobody else's.
 */
export function uniforms(seed: number, name: string, counter: number, count: number): Float64Array {
  const words = stream(seed, name).integers(counter, 2 ** 27, new Int32Array(2 * count));
  const out = new Float64Array(count);
  for (let i = 0; i < count; i++) out[i] = ((words[2 * i] ?? 0) * 2 ** 26 + ((words[2 * i + 1] ?? 0) >>> 1)) * 2 ** -53;
  return out;
}
