/** @file Which lowering each op of the graph has. */
import { POINTWISE } from "../passes/pointwise.js";
import { lowerBy, type Candidate } from "./choice.js";
import { CONV, lowerPool } from "./convolution.js";
import { lowerDepthwiseConv, lowerDepthwiseConvInputGrad } from "./depthwise.js";
import { CONV_FILTER_GRAD } from "./filter-gradient.js";
import { lowerGemm } from "./gemm.js";
import { CONV_INPUT_GRAD } from "./input-gradient.js";
import type { LowerNode } from "./lowering.js";
import { lowerPointwise } from "./pointwise.js";
import { lowerScatterRows, lowerTopK } from "./selection.js";
import * as structure from "./structure.js";
import { VOLUME } from "./volume.js";

/** Ops that can be lowered in several ways. */
export const CANDIDATES: Readonly<Record<string, readonly Candidate[]>> = {
  Conv: CONV,
  ConvInputGrad: CONV_INPUT_GRAD,
  ConvFilterGrad: CONV_FILTER_GRAD,
};

export const LOWERINGS: Readonly<Record<string, LowerNode>> = {
  ...Object.fromEntries(Object.keys(POINTWISE).map((op) => [op, lowerPointwise])),
  ReduceSum: structure.lowerReduce,
  ReduceMean: structure.lowerReduce,
  ReduceMax: structure.lowerReduce,
  ReduceMin: structure.lowerReduce,
  ReduceProd: structure.lowerReduce,
  Reshape: structure.lowerReshape,
  Transpose: structure.lowerTranspose,
  Expand: structure.lowerExpand,
  Tile: structure.lowerTile,
  Concat: structure.lowerConcat,
  Slice: structure.lowerSlice,
  Pad: structure.lowerPad,
  Gemm: lowerGemm,
  MatMul: structure.lowerMatMul,
  Gather: structure.lowerGather,
  Einsum: structure.lowerEinsum,
  ScatterRows: lowerScatterRows,
  TopK: lowerTopK,
  ArgMax: structure.lowerArg,
  ArgMin: structure.lowerArg,
  CumSum: structure.lowerCumSum,
  Unpack: structure.lowerUnpack,
  Pack: structure.lowerPack,
  ...Object.fromEntries(Object.entries(CANDIDATES).map(([op, candidates]) => [op, lowerBy(candidates)])),
  DepthwiseConv: lowerDepthwiseConv,
  DepthwiseConvInputGrad: lowerDepthwiseConvInputGrad,
  MaxPool: lowerPool,
  AveragePool: lowerPool,
  ...VOLUME,
};
