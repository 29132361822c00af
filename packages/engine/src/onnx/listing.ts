/** @file A model as text that a person can read. */
import type { OnnxAttribute, OnnxNode } from "../lower/lowering.js";
import type { Model, ModelPort } from "./model.js";

/** One line a node: `name = Op(inputs) {attributes}`; small constants are written in place. */
export function listing(model: Model): string {
  const constants = new Map(
    model.initializers.map(({ name, data, shape, dtype }) => [
      name,
      data.length === 1
        ? formatNumber(data[0])
        : data.length <= 8
          ? `[${Array.from(data, Number).map(formatNumber).join(", ")}]`
          : data.every((value) => value === data[0])
            ? `full(${formatNumber(data[0])}, [${shape.join(",")}])`
            : `const ${dtype}[${shape.join(",")}]`,
    ]),
  );
  const operand = (name: string): string => (name === "" ? "none" : (constants.get(name) ?? `%${name}`));
  const lines = model.nodes.map((node) => {
    const attributes = Object.entries(node.attributes).map(
      ([name, attribute]) => `${name}=${formatAttribute(attribute)}`,
    );
    const suffix = attributes.length > 0 ? ` {${attributes.join(", ")}}` : "";
    return `  ${node.outputs.map((name) => `%${name}`).join(", ")} = ${opName(node)}(${node.inputs.map(operand).join(", ")})${suffix}`;
  });
  const ports = (list: readonly ModelPort[]): string =>
    list.map(({ name, shape, dtype }) => `  %${name}: ${dtype}[${shape.join(",")}]`).join("\n");
  return [
    `program ${model.name}: ${model.nodes.length} nodes`,
    "inputs",
    ports(model.inputs),
    "body",
    ...lines,
    "outputs",
    ports(model.outputs),
  ].join("\n");
}

const opName = ({ op, domain }: OnnxNode): string => (domain === "" ? op : `${domain.split(".").at(-1)}.${op}`);

const formatNumber = (value: number): string =>
  Number.isSafeInteger(value) ? String(value) : String(Number(value.toPrecision(7)));

const formatAttribute = ({ value }: OnnxAttribute): string =>
  Array.isArray(value) ? `[${value.join(",")}]` : String(value);
