/** @file Element-wise ops: their meaning on numbers, for folding, and which ONNX op each one is. */

export interface Pointwise {
  readonly onnx: string;
  /** Undefined: never folded. */
  readonly fold?: (...args: number[]) => number;
  readonly result?: "bool";
}

const truth = (value: boolean): number => (value ? 1 : 0);

/** Ops that act on each element alone and broadcast their operands; named as in ONNX. */
export const POINTWISE: Readonly<Record<string, Pointwise>> = {
  Abs: { onnx: "Abs", fold: Math.abs },
  Neg: { onnx: "Neg", fold: (x) => -x },
  Sqrt: { onnx: "Sqrt", fold: Math.sqrt },
  Reciprocal: { onnx: "Reciprocal", fold: (x) => 1 / x },
  Exp: { onnx: "Exp", fold: Math.exp },
  Log: { onnx: "Log", fold: Math.log },
  Sin: { onnx: "Sin", fold: Math.sin },
  Cos: { onnx: "Cos", fold: Math.cos },
  Tan: { onnx: "Tan", fold: Math.tan },
  Asin: { onnx: "Asin", fold: Math.asin },
  Acos: { onnx: "Acos", fold: Math.acos },
  Atan: { onnx: "Atan", fold: Math.atan },
  Sinh: { onnx: "Sinh", fold: Math.sinh },
  Cosh: { onnx: "Cosh", fold: Math.cosh },
  Asinh: { onnx: "Asinh", fold: Math.asinh },
  Acosh: { onnx: "Acosh", fold: Math.acosh },
  Atanh: { onnx: "Atanh", fold: Math.atanh },
  Tanh: { onnx: "Tanh", fold: Math.tanh },
  Sigmoid: { onnx: "Sigmoid", fold: (x) => 1 / (1 + Math.exp(-x)) },
  Relu: { onnx: "Relu", fold: (x) => (x < 0 ? 0 : x) },
  Floor: { onnx: "Floor", fold: Math.floor },
  Ceil: { onnx: "Ceil", fold: Math.ceil },
  Round: { onnx: "Round", fold: roundHalfToEven },
  Sign: { onnx: "Sign", fold: Math.sign },
  Not: { onnx: "Not", fold: (x) => truth(x === 0), result: "bool" },
  IsNaN: { onnx: "IsNaN", fold: (x) => truth(Number.isNaN(x)), result: "bool" },
  IsInf: { onnx: "IsInf", fold: (x) => truth(x === Infinity || x === -Infinity), result: "bool" },
  Add: { onnx: "Add", fold: (a, b) => a + b },
  Sub: { onnx: "Sub", fold: (a, b) => a - b },
  Mul: { onnx: "Mul", fold: (a, b) => a * b },
  Div: { onnx: "Div", fold: (a, b) => a / b },
  Pow: { onnx: "Pow", fold: Math.pow },
  Max: { onnx: "Max", fold: Math.max },
  Min: { onnx: "Min", fold: Math.min },
  Greater: { onnx: "Greater", fold: (a, b) => truth(a > b), result: "bool" },
  GreaterOrEqual: { onnx: "GreaterOrEqual", fold: (a, b) => truth(a >= b), result: "bool" },
  Less: { onnx: "Less", fold: (a, b) => truth(a < b), result: "bool" },
  LessOrEqual: { onnx: "LessOrEqual", fold: (a, b) => truth(a <= b), result: "bool" },
  Equal: { onnx: "Equal", fold: (a, b) => truth(a === b), result: "bool" },
  And: { onnx: "And", fold: (a, b) => truth(a !== 0 && b !== 0), result: "bool" },
  Or: { onnx: "Or", fold: (a, b) => truth(a !== 0 || b !== 0), result: "bool" },
  Xor: { onnx: "Xor", fold: (a, b) => truth((a !== 0) !== (b !== 0)), result: "bool" },
  BitwiseAnd: { onnx: "BitwiseAnd", fold: (a, b) => a & b },
  Where: { onnx: "Where", fold: (c, a, b) => (c === 0 ? b : a) },
  /** Attribute `to`: the target dtype. */
  Cast: { onnx: "Cast", fold: (x) => x },
  /** Attributes `min` and `max`. */
  Clip: { onnx: "Clip" },
  /** clip(alpha x + beta, 0, 1). */
  HardSigmoid: { onnx: "HardSigmoid" },
  /** Attribute `alpha`. */
  LeakyRelu: { onnx: "LeakyRelu" },
  Elu: { onnx: "Elu", fold: (x) => (x < 0 ? Math.expm1(x) : x) },
  Softplus: { onnx: "Softplus", fold: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))) },
  Erf: { onnx: "Erf" },
};

function roundHalfToEven(x: number): number {
  const floor = Math.floor(x);
  if (x - floor !== 0.5) return Math.round(x);
  return floor % 2 === 0 ? floor : floor + 1;
}
