/**
 * @file Data sets without an end: points drawn from a distribution.
 *
 * Points are drawn in blocks of 1024 positions, block b from draw number b of the streams, so that sample `position`
 * depends on (seed, position) alone and a small batch does not pay for setting up a draw.
 */
import {
  type Cursor,
  type DataSource,
  type DataSpec,
  float32,
  float32Array,
  type HostTensors,
  type RandomStream,
  stream,
} from "@gan-arena/core/base";
import { badBatch } from "./errors.js";
import { canonicalJson, type Json, sha256 } from "./fingerprint.js";

export const BLOCK = 1024;

/** Fills `out`, row-major `[BLOCK,dim]`, with the points of block number `block`. */
export type FillBlock = (block: number, out: Float32Array) => void;

export interface Distribution {
  readonly name: string;
  readonly dim: number;
  /** Everything that the points depend on beside the seed. */
  readonly parameters: Json;
  /** Called once per seed. @param draw the stream of that name, for this seed and split */
  sampler(draw: (name: string) => RandomStream): FillBlock;
}

type Split = "train" | "test";

/** Two sources of the same distribution; their streams differ, so test points are never train points. */
export const openDistribution = (distribution: Distribution): { train: DataSource; test: DataSource } => ({
  train: distributionSource(distribution, "train"),
  test: distributionSource(distribution, "test"),
});

/** The blocks of one seed, the last two of them at hand: a batch that straddles a border needs both. */
class Blocks {
  private readonly fill: FillBlock;
  private newest = { block: -1, points: new Float32Array(0) };
  private older = this.newest;

  constructor(
    readonly seed: number,
    private readonly length: number,
    distribution: Distribution,
    split: Split,
  ) {
    this.fill = distribution.sampler((name) => stream(seed, `data/${distribution.name}/${split}/${name}`));
  }

  at(block: number): Float32Array {
    if (this.newest.block === block) return this.newest.points;
    if (this.older.block === block) return this.older.points;
    const points = this.older.points.length === 0 ? new Float32Array(this.length) : this.older.points;
    this.fill(block, points);
    this.older = this.newest;
    this.newest = { block, points };
    return points;
  }
}

function distributionSource(distribution: Distribution, split: Split): DataSource {
  const { name, dim, parameters } = distribution;
  const spec: DataSpec = { name, fields: { x: { shape: [dim], dtype: "float32" } }, points: { dim }, size: Infinity };
  let blocks: Blocks | undefined;

  const batch = ({ seed, position }: Cursor, n: number, into?: HostTensors) => {
    if (!Number.isSafeInteger(position) || position < 0 || !Number.isSafeInteger(n) || n < 1)
      throw badBatch(`${name}/${split}`, position, n);
    if (blocks?.seed !== seed) blocks = new Blocks(seed, BLOCK * dim, distribution, split);
    const x = float32([n, dim], float32Array(n * dim, into?.["x"].data));
    for (let done = 0; done < n;) {
      const block = Math.floor((position + done) / BLOCK);
      const first = position + done - block * BLOCK;
      const count = Math.min(BLOCK - first, n - done);
      x.data.set(blocks.at(block).subarray(first * dim, (first + count) * dim), done * dim);
      done += count;
    }
    return { x };
  };
  return { spec, batch, fingerprint: sha256(canonicalJson({ name, split, parameters })) };
}
