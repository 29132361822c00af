/** @file ONNX files: the protobuf messages that a model is made of (onnx.proto3, IR version 9). */
import { PbfWriter } from "pbf";
import { ELEMENT_TYPE } from "../lower/pointwise.js";
import type { ElementType, Initializer, OnnxAttribute, OnnxNode } from "../lower/lowering.js";

export interface ModelPort {
  readonly name: string;
  readonly shape: readonly (number | string)[];
  readonly dtype: ElementType;
  /** A sequence of such tensors in place of one. */
  readonly sequence?: boolean;
}

export interface Model {
  readonly name: string;
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly Initializer[];
  readonly inputs: readonly ModelPort[];
  readonly outputs: readonly ModelPort[];
  readonly metadata?: Readonly<Record<string, string>>;
}

const OPSET = 18;
const IR_VERSION = 9;
const PRODUCER = "gan-arena";

/** AttributeProto.AttributeType */
const ATTRIBUTE_TYPE = { float: 1, int: 2, string: 3, floats: 6, ints: 7 } as const;

export function encodeModel(model: Model): Uint8Array {
  const pbf = new PbfWriter();
  pbf.writeVarintField(1, IR_VERSION);
  pbf.writeStringField(2, PRODUCER);
  pbf.writeMessage(7, writeGraph, model);
  const domains = new Set(["", ...model.nodes.map((node) => node.domain)]);
  for (const domain of domains) pbf.writeMessage(8, writeOpset, { domain, version: domain === "" ? OPSET : 1 });
  for (const [key, value] of Object.entries(model.metadata ?? {})) pbf.writeMessage(14, writePair, { key, value });
  return pbf.finish();
}

function writeOpset({ domain, version }: { domain: string; version: number }, pbf: PbfWriter): void {
  pbf.writeStringField(1, domain);
  pbf.writeVarintField(2, version);
}

function writePair({ key, value }: { key: string; value: string }, pbf: PbfWriter): void {
  pbf.writeStringField(1, key);
  pbf.writeStringField(2, value);
}

function writeGraph(model: Model, pbf: PbfWriter): void {
  for (const node of model.nodes) pbf.writeMessage(1, writeNode, node);
  pbf.writeStringField(2, model.name);
  for (const initializer of model.initializers) pbf.writeMessage(5, writeTensor, initializer);
  for (const input of model.inputs) pbf.writeMessage(11, writePort, input);
  for (const output of model.outputs) pbf.writeMessage(12, writePort, output);
}

function writeNode(node: OnnxNode, pbf: PbfWriter): void {
  for (const input of node.inputs) pbf.writeStringField(1, input);
  for (const output of node.outputs) pbf.writeStringField(2, output);
  pbf.writeStringField(4, node.op);
  for (const [name, attribute] of Object.entries(node.attributes))
    pbf.writeMessage(5, writeAttribute, { name, attribute });
  if (node.domain !== "") pbf.writeStringField(7, node.domain);
}

function writeAttribute({ name, attribute }: { name: string; attribute: OnnxAttribute }, pbf: PbfWriter): void {
  pbf.writeStringField(1, name);
  switch (attribute.kind) {
    case "float":
      pbf.writeFloatField(2, attribute.value);
      break;
    case "int":
      pbf.writeVarintField(3, attribute.value);
      break;
    case "string":
      pbf.writeBytesField(4, new TextEncoder().encode(attribute.value));
      break;
    case "floats":
      for (const value of attribute.value) pbf.writeFloatField(7, value);
      break;
    case "ints":
      for (const value of attribute.value) pbf.writeVarintField(8, value);
      break;
  }
  pbf.writeVarintField(20, ATTRIBUTE_TYPE[attribute.kind]);
}

function writeTensor({ name, dtype, shape, data }: Initializer, pbf: PbfWriter): void {
  for (const extent of shape) pbf.writeVarintField(1, extent);
  pbf.writeVarintField(2, ELEMENT_TYPE[dtype]);
  pbf.writeStringField(8, name);
  pbf.writeBytesField(9, rawBytes(dtype, data));
}

function rawBytes(dtype: ElementType, data: Initializer["data"]): Uint8Array {
  const typed =
    dtype === "int64"
      ? BigInt64Array.from(data, BigInt)
      : dtype === "int32"
        ? Int32Array.from(data)
        : dtype === "bool"
          ? Uint8Array.from(data)
          : data instanceof Float32Array
            ? data
            : Float32Array.from(data);
  return new Uint8Array(typed.buffer, typed.byteOffset, typed.byteLength);
}

function writePort(port: ModelPort, pbf: PbfWriter): void {
  pbf.writeStringField(1, port.name);
  pbf.writeMessage(2, port.sequence ? writeSequenceType : writeTensorType, port);
}

function writeSequenceType(port: ModelPort, type: PbfWriter): void {
  type.writeMessage(4, (of: ModelPort, sequence) => sequence.writeMessage(1, writeTensorType, of), port);
}

function writeTensorType({ shape, dtype }: ModelPort, type: PbfWriter): void {
  type.writeMessage(
    1,
    (_: null, tensor) => {
      tensor.writeVarintField(1, ELEMENT_TYPE[dtype]);
      tensor.writeMessage(2, writeShape, shape);
    },
    null,
  );
}

function writeShape(shape: readonly (number | string)[], pbf: PbfWriter): void {
  for (const extent of shape)
    pbf.writeMessage(
      1,
      (value: number | string, dimension) => {
        if (typeof value === "number") dimension.writeVarintField(1, value);
        else dimension.writeStringField(2, value);
      },
      extent,
    );
}
