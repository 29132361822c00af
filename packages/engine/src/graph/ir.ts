/**
 * @file The graph between TensorFlow.js and ONNX.
 *
 * Values have logical shapes in TensorFlow.js order (images NHWC, filters HWIO); nothing here knows of memory layouts.
 * Nodes are pure, so equal nodes are made once, and every node passes through the simplifier when it is made.
 */
import { sizeOf, type DType } from "@gan-arena/core/base";

type Attribute = number | string | boolean | readonly number[] | object | undefined;
export type Attributes = Readonly<Record<string, Attribute>>;
export type Data = Float32Array | Int32Array | Uint8Array;

export interface Node {
  readonly id: number;
  readonly op: string;
  readonly inputs: readonly Value[];
  readonly attributes: Attributes;
  readonly outputs: readonly Value[];
}

export interface Value {
  readonly id: number;
  readonly shape: readonly number[];
  readonly dtype: DType;
  readonly node: Node;
  /** A constant that is the same everywhere; it broadcasts as a scalar and is never stored at full size. */
  readonly splat?: number;
  /** A constant, row-major. */
  readonly data?: Data;
}

export interface NodeRequest {
  readonly op: string;
  readonly inputs: readonly Value[];
  readonly attributes?: Attributes;
  readonly shape: readonly number[];
  readonly dtype?: DType;
}

/** Returns a value to use instead of the requested node, or undefined to make the node. */
export type Rewrite = (graph: Graph, request: NodeRequest) => Value | undefined;

export class Graph {
  readonly nodes: Node[] = [];
  private readonly known = new Map<string, Node>();
  private nextId = 0;

  /** @param rewrite the simplifier; undefined makes every node as requested (for tests of passes) */
  constructor(
    readonly name: string,
    private readonly rewrite?: Rewrite,
  ) {}

  /** A node with one output. */
  make(request: NodeRequest): Value {
    const simpler = this.rewrite?.(this, request);
    if (simpler) return simpler;
    return this.node(request.op, request.inputs, request.attributes ?? {}, [
      { shape: request.shape, dtype: request.dtype ?? "float32" },
    ]).outputs[0];
  }

  /** A node with any number of outputs; an equal node is made once. */
  node(
    op: string,
    inputs: readonly Value[],
    attributes: Attributes,
    outputs: readonly { shape: readonly number[]; dtype: DType; splat?: number; data?: Data }[],
  ): Node {
    const key = nodeKey(op, inputs, attributes, outputs);
    const existing = key === undefined ? undefined : this.known.get(key);
    if (existing) return existing;
    const node: Node = { id: this.nextId++, op, inputs, attributes, outputs: [] };
    (node.outputs as Value[]).push(...outputs.map((spec) => ({ id: this.nextId++, node, ...spec })));
    this.nodes.push(node);
    if (key !== undefined) this.known.set(key, node);
    return node;
  }

  input(name: string, shape: readonly number[], dtype: DType): Value {
    return this.node("Input", [], { name }, [{ shape, dtype }]).outputs[0];
  }

  /** The same number everywhere. */
  splat(splat: number, shape: readonly number[], dtype: DType = "float32"): Value {
    return this.node("Constant", [], {}, [{ shape, dtype, splat: dtype === "float32" ? Math.fround(splat) : splat }])
      .outputs[0];
  }

  constant(data: Data, shape: readonly number[], dtype: DType): Value {
    const first = data[0];
    if (first !== undefined && data.every((value) => Object.is(value, first))) return this.splat(first, shape, dtype);
    return this.node("Constant", [], {}, [{ shape, dtype, data }]).outputs[0];
  }
}

/** Constants with few values are shared by content, larger ones by identity only. */
const SHARED_CONSTANT_SIZE = 64;

function nodeKey(
  op: string,
  inputs: readonly Value[],
  attributes: Attributes,
  outputs: readonly { shape: readonly number[]; dtype: DType; splat?: number; data?: Data }[],
): string | undefined {
  const content = outputs.map(({ shape, dtype, splat, data }) => {
    if (data && data.length > SHARED_CONSTANT_SIZE) return undefined;
    const number = Object.is(splat, -0) ? "-0" : String(splat);
    return `${dtype}[${shape.join()}]${data ? Array.from(data).join() : number}`;
  });
  if (content.includes(undefined)) return undefined;
  const attrs = Object.entries(attributes)
    .map(
      ([name, value]) =>
        `${name}=${typeof value === "object" && !Array.isArray(value) ? objectId(value) : String(value)}`,
    )
    .join(";");
  return `${op}(${inputs.map((value) => value.id).join()}){${attrs}}:${content.join("|")}`;
}

const objectIds = new WeakMap<object, number>();
let lastObjectId = 0;

/** Attributes that are objects (packings) are compared by identity. */
function objectId(value: object): number {
  let id = objectIds.get(value);
  if (id === undefined) objectIds.set(value, (id = ++lastObjectId));
  return id;
}

export const isConstant = (value: Value): boolean => value.splat !== undefined || value.data !== undefined;

export const sameShape = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((extent, i) => extent === b[i]);

/** The values of a constant, at full size. */
export function constantData(value: Value): Data {
  if (value.data) return value.data;
  const size = sizeOf(value.shape);
  const fill = value.splat as number;
  if (value.dtype === "int32") return new Int32Array(size).fill(fill);
  return value.dtype === "bool" ? new Uint8Array(size).fill(fill) : new Float32Array(size).fill(fill);
}

/** Nodes that the outputs need, in an order in which inputs come first. */
export function reachable(outputs: readonly Value[]): Node[] {
  const seen = new Set<Node>();
  const order: Node[] = [];
  // An explicit stack: graphs are thousands of nodes deep.
  const stack: { node: Node; next: number }[] = [];
  const visit = (node: Node): void => {
    if (seen.has(node)) return;
    seen.add(node);
    stack.push({ node, next: 0 });
  };
  for (const output of outputs) {
    visit(output.node);
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      const input = top.node.inputs[top.next++];
      if (input) visit(input.node);
      else {
        order.push(top.node);
        stack.pop();
      }
    }
  }
  return order;
}
