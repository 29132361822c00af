/** @file Element-wise kernels. */
import { tf } from "@gan-arena/core";
import type { DType } from "@gan-arena/core/base";
import { broadcastShapes } from "../../graph/shapes.js";
import type { Value } from "../../graph/ir.js";
import { composed, kernel, scalar, type KernelContext } from "./support.js";

/** TensorFlow.js kernels that are one ONNX op of one operand. */
// prettier-ignore
const UNARY: Readonly<Record<string, string>> = {
  Abs: "Abs", Neg: "Neg", Sqrt: "Sqrt", Reciprocal: "Reciprocal", Exp: "Exp", Log: "Log", Sin: "Sin", Cos: "Cos", Tan: "Tan",
  Asin: "Asin", Acos: "Acos", Atan: "Atan", Sinh: "Sinh", Cosh: "Cosh", Asinh: "Asinh", Acosh: "Acosh", Atanh: "Atanh",
  Tanh: "Tanh", Sigmoid: "Sigmoid", Relu: "Relu", Floor: "Floor", Ceil: "Ceil", Round: "Round", Sign: "Sign", Erf: "Erf", Elu: "Elu", Softplus: "Softplus",
};

/** Kernels that are one ONNX op of two broadcast operands. */
// prettier-ignore
const BINARY: Readonly<Record<string, string>> = {
  Add: "Add", Sub: "Sub", Multiply: "Mul", RealDiv: "Div", Pow: "Pow", Maximum: "Max", Minimum: "Min",
  Greater: "Greater", GreaterEqual: "GreaterOrEqual", Less: "Less", LessEqual: "LessOrEqual", Equal: "Equal",
  LogicalAnd: "And", LogicalOr: "Or", BitwiseAnd: "BitwiseAnd",
};

/** Unary ops that are also defined on integers. */
const ON_INTEGERS = new Set(["Abs", "Neg", "Sign", "Relu"]);
/** They change no integer. */
const ROUNDINGS = new Set(["Floor", "Ceil", "Round"]);

const COMPARISONS = new Set(["Greater", "GreaterOrEqual", "Less", "LessOrEqual", "Equal", "And", "Or"]);

const SELU_ALPHA = 1.6732632423543772;
const SELU_SCALE = 1.0507009873554805;

export function registerPointwise(): void {
  for (const [name, op] of Object.entries(UNARY))
    kernel(name, (k) => {
      const x = k.input("x");
      if (x.dtype === "int32" && ROUNDINGS.has(op)) return x;
      return unary(k, op, x.dtype === "int32" && ON_INTEGERS.has(op) ? x : asFloat(k, x));
    });
  for (const [name, op] of Object.entries(BINARY)) kernel(name, (k) => binary(k, op, k.input("a"), k.input("b")));

  kernel("NotEqual", (k) => not(k, binary(k, "Equal", k.input("a"), k.input("b"))));
  kernel("LogicalNot", (k) => not(k, k.input("x")));
  kernel("IsNan", (k) => test(k, "IsNaN", k.input("x")));
  kernel("IsInf", (k) => test(k, "IsInf", k.input("x")));
  kernel("IsFinite", (k) => {
    const x = k.input("x");
    return not(k, binary(k, "Or", test(k, "IsNaN", x), test(k, "IsInf", x)));
  });
  kernel("Identity", (k) => k.input("x"));
  kernel("Cast", (k) => cast(k, k.input("x"), k.attrs["dtype"] as DType));
  kernel("Square", (k) => binary(k, "Mul", k.input("x"), k.input("x")));
  kernel("SquaredDifference", (k) => {
    const difference = binary(k, "Sub", k.input("a"), k.input("b"));
    return binary(k, "Mul", difference, difference);
  });
  kernel("Rsqrt", (k) => unary(k, "Reciprocal", unary(k, "Sqrt", k.input("x"))));
  kernel("Log1p", (k) => log1p(k, k.input("x")));
  kernel("Expm1", (k) => expm1(k, k.input("x")));
  kernel("LeakyRelu", (k) => {
    const x = asFloat(k, k.input("x"));
    return k.make({ op: "LeakyRelu", inputs: [x], attributes: { alpha: k.attrs["alpha"] as number }, shape: x.shape });
  });
  kernel("Prelu", (k) => {
    const x = k.input("x");
    const negative = binary(k, "Mul", x, k.input("alpha"));
    return where(k, binary(k, "Less", x, scalar(k, 0)), negative, x);
  });
  kernel("Relu6", (k) => {
    const x = k.input("x");
    return binary(k, "Min", unary(k, "Relu", x), scalar(k, 6, x.dtype));
  });
  kernel("Selu", (k) => {
    const x = k.input("x");
    const negative = binary(k, "Mul", scalar(k, SELU_SCALE * SELU_ALPHA), expm1(k, binary(k, "Min", x, scalar(k, 0))));
    return where(k, binary(k, "Greater", x, scalar(k, 0)), binary(k, "Mul", scalar(k, SELU_SCALE), x), negative);
  });
  kernel("EluGrad", (k) => {
    const dy = k.input("dy");
    const y = k.input("y");
    const slope = binary(k, "Add", binary(k, "Min", y, scalar(k, 0)), scalar(k, 1));
    return binary(k, "Mul", dy, slope);
  });
  kernel("Step", (k) => {
    const x = k.input("x");
    const positive = cast(k, binary(k, "Greater", asFloat(k, x), scalar(k, 0)), "float32");
    const alpha = (k.attrs["alpha"] as number | undefined) ?? 0;
    const slope =
      alpha === 0 ? positive : binary(k, "Add", binary(k, "Mul", positive, scalar(k, 1 - alpha)), scalar(k, alpha));
    return cast(k, slope, x.dtype);
  });
  kernel("ClipByValue", (k) => {
    const x = k.input("x");
    const attributes = { min: k.attrs["clipValueMin"] as number, max: k.attrs["clipValueMax"] as number };
    if (x.dtype !== "float32") {
      const least = binary(k, "Max", x, scalar(k, Math.ceil(attributes.min), x.dtype));
      return binary(k, "Min", least, scalar(k, Math.floor(attributes.max), x.dtype));
    }
    return k.make({ op: "Clip", inputs: [x], attributes, shape: x.shape });
  });
  kernel("Select", (k) => {
    const condition = k.input("condition");
    const [t, e] = [k.input("t"), k.input("e")];
    // A condition of rank 1 chooses whole rows.
    const rank = t.shape.length;
    const column = condition.shape.length === 1 && rank > 1;
    const shape = column ? [condition.shape[0], ...Array<number>(rank - 1).fill(1)] : condition.shape;
    return where(k, k.make({ op: "Reshape", inputs: [condition], shape, dtype: "bool" }), t, e);
  });
  kernel("AddN", (k) => k.list().reduce((sum, value) => binary(k, "Add", sum, value)));
  kernel("Mod", (k) => {
    const operands = [k.input("a"), k.input("b")];
    const [a, b] = operands.map((each) => asFloat(k, each)) as [Value, Value];
    const rest = binary(k, "Sub", a, binary(k, "Mul", b, unary(k, "Floor", binary(k, "Div", a, b))));
    return operands.every(({ dtype }) => dtype !== "float32") ? cast(k, rest, "int32") : rest;
  });
  kernel("FloorDiv", (k) => {
    // ONNX divides integers towards zero and has no floor of them.
    const quotient = binary(k, "Div", cast(k, k.input("a"), "float32"), cast(k, k.input("b"), "float32"));
    return cast(k, unary(k, "Floor", quotient), "int32");
  });
  composed("Atan2", ({ a, b }) => {
    const [y, x] = [tf.cast(a, "float32"), tf.cast(b, "float32")];
    const angle = tf.atan(tf.div(y, x));
    const left = tf.where(tf.greaterEqual(y, 0), tf.add(angle, Math.PI), tf.sub(angle, Math.PI));
    const upright = tf.mul(tf.sign(y), Math.PI / 2);
    const onAxis = tf.where(tf.equal(x, 0), tf.add(upright, tf.zerosLike(x)), angle); // NaN stays NaN
    return tf.where(tf.greater(x, 0), angle, tf.where(tf.less(x, 0), left, onAxis));
  });
}

export const unary = (k: KernelContext, op: string, x: Value): Value =>
  k.make({ op, inputs: [x], shape: x.shape, dtype: x.dtype });

export function binary(k: KernelContext, op: string, a: Value, b: Value): Value {
  const shape = tf.backend_util.assertAndGetBroadcastShape([...a.shape], [...b.shape]);
  const logical = op === "And" || op === "Or";
  const [x, y] = logical ? [cast(k, a, "bool"), cast(k, b, "bool")] : sameType(k, a, b);
  return k.make({ op, inputs: [x, y], shape, dtype: COMPARISONS.has(op) ? "bool" : x.dtype });
}

/** Operands of different types meet in the wider one, as TensorFlow.js upcasts. */
function sameType(k: KernelContext, a: Value, b: Value): [Value, Value] {
  const dtype = a.dtype === b.dtype && a.dtype !== "bool" ? a.dtype : (tf.upcastType(a.dtype, b.dtype) as DType);
  const common = dtype === "bool" ? "int32" : dtype;
  return [cast(k, a, common), cast(k, b, common)];
}

export function where(k: KernelContext, condition: Value, t: Value, e: Value): Value {
  const shape = broadcastShapes(broadcastShapes(condition.shape, t.shape), e.shape);
  return k.make({ op: "Where", inputs: [cast(k, condition, "bool"), t, e], shape, dtype: t.dtype });
}

export function cast(k: KernelContext, x: Value, dtype: DType): Value {
  return k.make({ op: "Cast", inputs: [x], attributes: { to: dtype }, shape: x.shape, dtype });
}

const asFloat = (k: KernelContext, x: Value): Value => cast(k, x, "float32");

const not = (k: KernelContext, x: Value): Value =>
  k.make({ op: "Not", inputs: [cast(k, x, "bool")], shape: x.shape, dtype: "bool" });

const test = (k: KernelContext, op: string, x: Value): Value =>
  k.make({ op, inputs: [x], shape: x.shape, dtype: "bool" });

/** log(1 + x), exact for small x: log(u) * x / (u - 1) with u = 1 + x (Goldberg 1991, Theorem 4). */
function log1p(k: KernelContext, x: Value): Value {
  const one = scalar(k, 1);
  const u = binary(k, "Add", x, one);
  const lost = binary(k, "Equal", u, one);
  const denominator = where(k, lost, one, binary(k, "Sub", u, one));
  const corrected = binary(k, "Mul", unary(k, "Log", u), binary(k, "Div", x, denominator));
  return where(k, lost, x, corrected);
}

/** exp(x) - 1, exact for small x: as tanh(x/2) * (exp(x) + 1). */
function expm1(k: KernelContext, x: Value): Value {
  const half = unary(k, "Tanh", binary(k, "Mul", x, scalar(k, 0.5)));
  const product = binary(k, "Mul", half, binary(k, "Add", unary(k, "Exp", x), scalar(k, 1)));
  // For x past the range of the product the plain form is exact enough, and keeps infinities.
  return where(
    k,
    binary(k, "Less", unary(k, "Abs", x), scalar(k, 1)),
    product,
    binary(k, "Sub", unary(k, "Exp", x), scalar(k, 1)),
  );
}
