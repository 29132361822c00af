/**
 * @file Convolutions whose kernel covers the whole image: a product of the flattened image with the flattened filter.
 *
 * The last layer of DCGAN's critic is one, and the first of its generator is one transposed.
 */
import type { Node, Value } from "../graph/ir.js";
import type { Candidate } from "./choice.js";
import { geometryOf, result, type Extents } from "./geometry.js";
import { NCHW, OIHW, PLAIN } from "./layout.js";
import { int, type Lowering } from "./lowering.js";
import { divisible, type LoweringPolicy } from "./policy.js";

/** `image` is covered by a kernel that sees it once. Filters that are kept blocked would have to be put in order first. */
function covers(node: Node, policy: LoweringPolicy, image: Value, filter: readonly number[]): boolean {
  const { pads, kernel } = geometryOf(node);
  const [, height, width] = image.shape as unknown as Extents;
  const [, , input, output] = filter as unknown as Extents;
  return (
    pads.every((pad) => pad === 0) && kernel[0] === height && kernel[1] === width && !divisible(policy, input, output)
  );
}

const flatImage = (context: Lowering, image: Value): string =>
  context.reshaped(context.as(image, NCHW), [image.shape[0], image.shape.slice(1).reduce((a, b) => a * b)]);

/** `[O, I kh kw]` */
const flatFilter = (context: Lowering, filter: Value): string => {
  const [kh, kw, input, output] = filter.shape as unknown as Extents;
  return context.reshaped(context.as(filter, OIHW), [output, input * kh * kw]);
};

export const wholeImageConv: Candidate = {
  name: "product",
  applies: (node, policy) => covers(node, policy, node.inputs[0], node.inputs[1].shape),
  lower(node, context) {
    const [x, filter] = node.inputs as [Value, Value];
    const { shape } = result(node); // [N,1,1,O]
    const inputs = [flatImage(context, x), flatFilter(context, filter)];
    const product = context.emit({ op: "Gemm", inputs, attributes: { transB: int(1) } });
    return [{ name: context.reshaped(product, shape), shape, dtype: "float32", layout: PLAIN }];
  },
};

export const wholeImageInputGrad: Candidate = {
  name: "product",
  applies: (node, policy) => covers(node, policy, result(node), node.inputs[1].shape),
  lower(node, context) {
    const [dy, filter] = node.inputs as [Value, Value]; // [N,1,1,O]
    const { shape } = result(node);
    const [n, height, width, input] = shape as unknown as Extents;
    const inputs = [context.reshaped(context.plain(dy), [n, dy.shape[3]]), flatFilter(context, filter)];
    const product = context.emit({ op: "Gemm", inputs });
    const name = context.reshaped(product, [n, input, height, width]);
    return [{ name, shape, dtype: "float32", layout: NCHW }];
  },
};

export const wholeImageFilterGrad: Candidate = {
  name: "product",
  applies: (node, policy) => covers(node, policy, node.inputs[0], result(node).shape),
  lower(node, context) {
    const [x, dy] = node.inputs as [Value, Value];
    const { shape } = result(node);
    const [kh, kw, input, output] = shape as unknown as Extents;
    const inputs = [context.reshaped(context.plain(dy), [dy.shape[0], output]), flatImage(context, x)];
    const product = context.emit({ op: "Gemm", inputs, attributes: { transA: int(1) } });
    const name = context.reshaped(product, [output, input, kh, kw]);
    return [{ name, shape, dtype: "float32", layout: OIHW }];
  },
};
