/** @file Which lowering each op of the graph has. */
import { POINTWISE } from "../passes/pointwise.js";
import { lowerConv, lowerConvInputGrad, lowerPool } from "./convolution.js";
import { lowerConvFilterGrad } from "./filter-gradient.js";
import type { LowerNode } from "./lowering.js";
import { lowerPointwise } from "./pointwise.js";
import * as structure from "./structure.js";

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
  Gemm: structure.lowerGemm,
  MatMul: structure.lowerMatMul,
  Gather: structure.lowerGather,
  Einsum: structure.lowerEinsum,
  OneHot: structure.lowerOneHot,
  ArgMax: structure.lowerArg,
  ArgMin: structure.lowerArg,
  CumSum: structure.lowerCumSum,
  Unpack: structure.lowerUnpack,
  Pack: structure.lowerPack,
  Conv: lowerConv,
  ConvInputGrad: lowerConvInputGrad,
  ConvFilterGrad: lowerConvFilterGrad,
  MaxPool: lowerPool,
  AveragePool: lowerPool,
};
