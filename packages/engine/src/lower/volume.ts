/** @file Convolutions and pooling in three dimensions, on NCDHW: the graph has turned the operands already. */
import { PLAIN } from "./layout.js";
import { ints, type LowerNode } from "./lowering.js";

const lowerAs =
  (op: string): LowerNode =>
  (node, context) => {
    const { shape, dtype } = node.outputs[0];
    const numbers = (name: string) => ints(node.attributes[name] as readonly number[]);
    const given = Object.entries(ATTRIBUTES).filter(([name]) => node.attributes[name] !== undefined);
    const name = context.emit({
      op,
      inputs: node.inputs.map((value) => context.plain(value)),
      attributes: Object.fromEntries(given.map(([own, onnx]) => [onnx, numbers(own)])),
    });
    return [{ name, shape, dtype, layout: PLAIN }];
  };

/** Attributes of the graph's nodes and what ONNX calls them. */
const ATTRIBUTES: Readonly<Record<string, string>> = {
  strides: "strides",
  dilations: "dilations",
  pads: "pads",
  kernel: "kernel_shape",
  outputPadding: "output_padding",
};

export const VOLUME: Readonly<Record<string, LowerNode>> = {
  Conv3D: lowerAs("Conv"),
  ConvTranspose3D: lowerAs("ConvTranspose"),
  MaxPool3D: lowerAs("MaxPool"),
  AveragePool3D: lowerAs("AveragePool"),
};
