/** @file Initial values of a game's state, and the hash that tells two trained games apart. */
import { createHash } from "node:crypto";
import type { State } from "../contracts/engine.js";
import { packedSize } from "../contracts/tensors.js";
import { initialValues } from "../nn/index.js";
import { averageEntry, hasMemory, memoryEntry, paramsEntry, statesEntry } from "./entries.js";
import type { Game } from "./game.js";

/** Parameters and states from the seed, averages equal to the parameters, moments zero, memories as declared. */
export function initialState(game: Game, seed: number): Record<string, Float32Array> {
  const values: Record<string, Float32Array> = {};
  for (const [entry, packing] of Object.entries(game.stateSpec)) values[entry] = new Float32Array(packedSize(packing));
  for (const [network, layout] of Object.entries(game.layouts)) {
    const { params, states } = initialValues(layout, seed);
    if (paramsEntry(network) in values) values[paramsEntry(network)] = params;
    if (statesEntry(network) in values) values[statesEntry(network)] = states;
    if (averageEntry(network) in values) values[averageEntry(network)] = params.slice();
  }
  for (const { phase } of game.phases)
    if (hasMemory(phase)) values[memoryEntry(phase.name)] = Float32Array.from(Object.values(phase.memory ?? {}));
  return values;
}

/** sha256 over the bytes (little-endian float32) of all networks' parameters and states, in order of entry name. */
export async function weightsSha256(game: Game, state: State): Promise<string> {
  const names = Object.keys(game.layouts)
    .flatMap((network) => [paramsEntry(network), statesEntry(network)])
    .filter((entry) => entry in game.stateSpec)
    .sort();
  const values = await state.read(names);
  const hash = createHash("sha256");
  for (const name of names) hash.update(littleEndian(values[name]));
  return hash.digest("hex");
}

const BIG_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 0;

function littleEndian(values: Float32Array): Uint8Array {
  const bytes = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
  return BIG_ENDIAN ? Buffer.from(bytes).swap32() : bytes;
}
