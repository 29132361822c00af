/** @file Tensors as plain data: what crosses the border between the arena, the engines, the data sets and the disk. */

export type DType = "float32" | "int32" | "bool";

export interface TensorSpec {
  readonly shape: readonly number[];
  readonly dtype: DType;
}

/** Values on the host, row-major. `bool` is one byte per value. */
export interface HostTensor extends TensorSpec {
  readonly data: Float32Array | Int32Array | Uint8Array;
}

export type HostTensors = Record<string, HostTensor>;

export const sizeOf = (shape: readonly number[]): number => shape.reduce((product, extent) => product * extent, 1);

export const float32 = (shape: readonly number[], data?: Float32Array): HostTensor & { data: Float32Array } => ({
  shape,
  dtype: "float32",
  data: data ?? new Float32Array(sizeOf(shape)),
});

/** An array of `length` values to write all of: `old` where it is one, so that a stream of batches makes no garbage. */
export const float32Array = (length: number, old?: HostTensor["data"]): Float32Array =>
  old instanceof Float32Array && old.length === length ? old : new Float32Array(length);

/** As {@link float32Array}. */
export const int32Array = (length: number, old?: HostTensor["data"]): Int32Array =>
  old instanceof Int32Array && old.length === length ? old : new Int32Array(length);

/** One tensor of a packed vector. */
export interface Part {
  readonly name: string;
  readonly shape: readonly number[];
  /** `filter`: a convolution filter `[kh,kw,in,out]`, which an engine may keep in the layout its kernels want. */
  readonly role: "filter" | "plain";
}

/** The parts of one flat vector, in order. An engine may order the numbers inside as it likes; {@link State} hides that. */
export interface Packing {
  readonly parts: readonly Part[];
}

export const packedSize = (packing: Packing): number =>
  packing.parts.reduce((total, part) => total + sizeOf(part.shape), 0);
