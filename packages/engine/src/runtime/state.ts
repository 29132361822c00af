/**
 * @file The state of the onnx engine: flat vectors in the layouts that kernels want, each in two buffers.
 *
 * A program reads one buffer and writes the other, so nothing is allocated or copied between steps. Only reading and
 * writing the whole state knows about layouts.
 */
import { packedSize, sizeOf, type Packing, type State, type StateSpec } from "@gan-arena/core/base";
import { missingState } from "../errors.js";
import { PLAIN, convertOnHost } from "../lower/layout.js";
import { partLayout, type LoweringPolicy } from "../lower/policy.js";
import type { Ort } from "./ort.js";

interface Entry {
  readonly packing: Packing;
  readonly buffers: readonly [Ort.Tensor, Ort.Tensor];
  current: 0 | 1;
}

export class OnnxState implements State {
  private readonly entries = new Map<string, Entry>();

  constructor(
    ort: typeof Ort,
    readonly spec: StateSpec,
    private readonly policy: LoweringPolicy,
  ) {
    const buffer = (packing: Packing): Ort.Tensor => {
      const size = packedSize(packing);
      return new ort.Tensor("float32", new Float32Array(size), [size]);
    };
    for (const [name, packing] of Object.entries(spec))
      this.entries.set(name, { packing, buffers: [buffer(packing), buffer(packing)], current: 0 });
  }

  private entry(name: string): Entry {
    const entry = this.entries.get(name);
    if (!entry) throw missingState(name, [...this.entries.keys()]);
    return entry;
  }

  /** What a program reads. */
  current(name: string): Ort.Tensor {
    const { buffers, current } = this.entry(name);
    return buffers[current];
  }

  /** What a program writes; becomes current by {@link flip}. */
  next(name: string): Ort.Tensor {
    const { buffers, current } = this.entry(name);
    return buffers[current === 0 ? 1 : 0];
  }

  flip(name: string): void {
    const entry = this.entry(name);
    entry.current = entry.current === 0 ? 1 : 0;
  }

  read(names: readonly string[] = Object.keys(this.spec)): Promise<Record<string, Float32Array>> {
    const values = names.map((name) => {
      const { packing } = this.entry(name);
      const logical = this.mapParts(packing, this.current(name).data as Float32Array, "toPlain");
      return [name, logical] as const;
    });
    return Promise.resolve(Object.fromEntries(values));
  }

  write(values: Readonly<Record<string, Float32Array>>): Promise<void> {
    for (const [name, data] of Object.entries(values)) {
      const { packing } = this.entry(name);
      (this.current(name).data as Float32Array).set(this.mapParts(packing, data, "fromPlain"));
    }
    return Promise.resolve();
  }

  private mapParts(packing: Packing, data: Float32Array, direction: "toPlain" | "fromPlain"): Float32Array {
    const out = new Float32Array(data.length);
    let offset = 0;
    for (const part of packing.parts) {
      const size = sizeOf(part.shape);
      const own = partLayout(part, this.policy);
      const piece = data.subarray(offset, offset + size);
      const way = direction === "toPlain" ? { from: own, to: PLAIN } : { from: PLAIN, to: own };
      out.set(own === PLAIN ? piece : convertOnHost(piece, part.shape, way), offset);
      offset += size;
    }
    return out;
  }

  dispose(): Promise<void> {
    this.entries.clear();
    return Promise.resolve();
  }
}
