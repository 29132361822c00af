/**
 * @file From the graph to ONNX nodes: every value gets a name and a layout.
 *
 * Nodes are visited inputs first. Convolutions ask for the layout of their kernels; element-wise ops and reductions
 * take the layout that comes; everything else works on plain order. Conversions are made once per value and layout.
 */
import { packedSize, sizeOf, type DType, type Packing } from "@gan-arena/core/base";
import { constantData, reachable, type Data, type Node, type Value } from "../graph/ir.js";
import {
  BLOCKED_DOMAIN,
  NCHW,
  PLAIN,
  blockedImage,
  conversion,
  convertOnHost,
  physicalShape,
  type Layout,
} from "./layout.js";
import { partLayout, type LoweringPolicy } from "./policy.js";

export type OnnxAttribute =
  | { readonly kind: "int"; readonly value: number }
  | { readonly kind: "float"; readonly value: number }
  | { readonly kind: "string"; readonly value: string }
  | { readonly kind: "ints"; readonly value: readonly number[] }
  | { readonly kind: "floats"; readonly value: readonly number[] };

export interface OnnxNode {
  readonly op: string;
  /** Empty for standard ONNX. */
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, OnnxAttribute>>;
}

export type ElementType = DType | "int64";

export interface Initializer {
  readonly name: string;
  readonly dtype: ElementType;
  readonly shape: readonly number[];
  readonly data: Data | readonly number[];
}

/** A flat vector whose parts lie in their own layouts. */
export interface PackedLayout extends Layout {
  readonly packing: Packing;
}

export const isPacked = (layout: Layout): layout is PackedLayout => "packing" in layout;

const packedLayouts = new WeakMap<Packing, PackedLayout>();
let packedCount = 0;

/** One layout object per packing, so that equal layouts are identical. */
export function packedLayout(packing: Packing): PackedLayout {
  let layout = packedLayouts.get(packing);
  if (!layout) packedLayouts.set(packing, (layout = { key: `packed${++packedCount}`, block: 1, packing }));
  return layout;
}

/** A value as it lies in memory. */
export interface Placed {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: DType;
  readonly layout: Layout;
}

export interface EmitRequest {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly attributes?: Readonly<Record<string, OnnxAttribute>>;
  readonly domain?: string;
  /** Default 1. */
  readonly outputs?: number;
}

export type LowerNode = (node: Node, context: Lowering) => readonly Placed[];

/** Numbers up to which constants are compared: nodes that read equal ones can then be one. */
const SHARED_SIZE = 4096;

export class Lowering {
  readonly nodes: OnnxNode[] = [];
  readonly initializers = new Map<string, Initializer>();
  private readonly consumers = new Map<Value, Node[]>();
  private readonly results: ReadonlySet<Value>;
  private readonly placed = new Map<Value, Placed>();
  /** Nodes that are being lowered: one, and those that it demanded. */
  private readonly pending = new Set<Node>();
  private readonly converted = new Map<string, Placed>();
  private readonly emitted = new Map<string, readonly string[]>();
  private count = 0;

  constructor(
    readonly policy: LoweringPolicy,
    private readonly lowerings: Readonly<Record<string, LowerNode>>,
    outputs: readonly Value[],
    private readonly onMissing: (op: string) => Error,
    /** Values of state entries by input name, in plain order: their parts become named constants of the model. */
    private readonly weights: Readonly<Record<string, Float32Array>> = {},
  ) {
    const order = reachable(outputs);
    this.results = new Set(outputs);
    for (const node of order)
      for (const input of new Set(node.inputs)) this.consumers.set(input, [...(this.consumers.get(input) ?? []), node]);
    for (const node of order) this.lower(node);
  }

  /** The nodes that use a value. */
  consumersOf(value: Value): readonly Node[] {
    return this.consumers.get(value) ?? [];
  }

  /** The only node that uses a value, if there is just one and the value is not a result itself. */
  onlyConsumer(value: Value): Node | undefined {
    const consumers = this.consumersOf(value);
    return consumers.length === 1 && !this.results.has(value) ? consumers[0] : undefined;
  }

  /**
   * Lowers what a value is made of before its turn, for a node that takes it as one more operand.
   *
   * The value is added to that node's result, or to what is made of it alone: so it does not depend on that result.
   * @returns false when the value waits for a node that asked for another one itself
   */
  demand(value: Value): boolean {
    const nodes = reachable([value]);
    if (nodes.some((node) => this.pending.has(node))) return false;
    for (const node of nodes) this.lower(node);
    return true;
  }

  /** Says where the result of a later node lies that an earlier one computes on the way. */
  place(value: Value, placed: Placed): void {
    this.placed.set(value, placed);
    const { name, layout, shape } = placed;
    if (layout === PLAIN && !this.views.has(name)) this.views.set(name, { source: name, shape });
  }

  private lower(node: Node): void {
    if (node.op === "Constant" || node.op === "Input" || node.op === "State") return;
    if (node.outputs.every((output) => this.placed.has(output))) return;
    const lowering = this.lowerings[node.op];
    if (!lowering) throw this.onMissing(node.op);
    this.pending.add(node);
    lowering(node, this).forEach((placed, i) => this.place(node.outputs[i], placed));
    this.pending.delete(node);
  }

  /** Where a value lies. */
  at(value: Value): Placed {
    const known = this.placed.get(value);
    if (known) return known;
    const { shape, dtype, node } = value;
    let placed: Placed;
    if (node.op === "Input") placed = { name: node.attributes["name"] as string, shape, dtype, layout: PLAIN };
    else if (node.op === "State")
      placed = {
        name: node.attributes["name"] as string,
        shape,
        dtype,
        layout: packedLayout(node.attributes["packing"] as Packing),
      };
    else placed = { name: this.fullConstant(value), shape, dtype, layout: PLAIN };
    this.placed.set(value, placed);
    return placed;
  }

  /** The name of a value in the layout that is asked for. */
  as(value: Value | Placed, layout: Layout): string {
    return this.convert("node" in value ? this.at(value) : value, layout).name;
  }

  plain(value: Value | Placed): string {
    return this.as(value, PLAIN);
  }

  convert(from: Placed, layout: Layout): Placed {
    if (from.layout === layout || from.layout.key === layout.key) return from;
    const key = `${from.name}>${layout.key}`;
    const known = this.converted.get(key);
    if (known) return known;
    const result =
      isPacked(from.layout) || isPacked(layout) ? this.convertPacked(from, layout) : this.rearrange(from, layout);
    this.converted.set(key, result);
    return result;
  }

  private rearrange(from: Placed, layout: Layout): Placed {
    const { view, perm } = conversion(from.shape, from.layout, layout);
    const target = physicalShape(layout, from.shape);
    const moved = perm
      ? (this.reorder(from, layout) ??
        this.emit({ op: "Transpose", inputs: [this.reshaped(from.name, view)], attributes: { perm: ints(perm) } }))
      : from.name;
    return { ...from, name: this.reshaped(moved, target), layout };
  }

  /** Between blocked images and others by the kernels that ONNX Runtime has for it: a fifth to two thirds of a transpose's time. */
  private reorder(from: Placed, layout: Layout): string | undefined {
    const { block } = this.policy;
    if (block === 0 || from.dtype !== "float32" || from.shape.length !== 4) return undefined;
    const [n, height, width, channels] = from.shape as [number, number, number, number];
    const [into, out] = [layout, from.layout].map(({ key }) => key === blockedImage(block).key);
    const other = into ? from.layout : layout;
    if (into === out || channels % block !== 0 || (other !== PLAIN && other !== NCHW)) return undefined;
    const channelsLast = int(other === PLAIN ? 1 : 0);
    return into
      ? this.emit({
          op: "ReorderInput",
          domain: BLOCKED_DOMAIN,
          inputs: [from.name],
          attributes: { channels_last: channelsLast },
        })
      : this.emit({
          op: "ReorderOutput",
          domain: BLOCKED_DOMAIN,
          inputs: [this.reshaped(from.name, [n, channels, height, width])],
          attributes: { channels_last: channelsLast, channels: int(channels) },
        });
  }

  private convertPacked(from: Placed, layout: Layout): Placed {
    if (isPacked(from.layout)) {
      const parts = this.splitPacked(from.name, from.layout);
      const flat = parts.map((part) => this.reshaped(this.plain(part), [sizeOf(part.shape)]));
      const plain: Placed = { ...from, name: this.joined(flat), layout: PLAIN };
      return this.convert(plain, layout);
    }
    const { packing } = layout as PackedLayout;
    const pieces = this.split(
      from.name,
      packing.parts.map((part) => sizeOf(part.shape)),
    );
    const parts = pieces.map((name, i): Placed => {
      const { shape } = packing.parts[i];
      return { name: this.reshaped(name, shape), shape, dtype: "float32", layout: PLAIN };
    });
    return this.joinPacked(parts, packing);
  }

  /** The parts of a packed vector, each in its own layout. */
  splitPacked(flat: string, { packing }: PackedLayout): Placed[] {
    const values = this.weights[flat];
    if (values) return this.weightParts(flat, values, packing);
    const names = this.split(
      flat,
      packing.parts.map((part) => sizeOf(part.shape)),
    );
    return packing.parts.map((part, i) => {
      const layout = partLayout(part, this.policy);
      const name = this.reshaped(names[i], physicalShape(layout, part.shape));
      return { name, shape: part.shape, dtype: "float32", layout };
    });
  }

  private weightParts(entry: string, values: Float32Array, packing: Packing): Placed[] {
    let offset = 0;
    return packing.parts.map(({ name: part, shape, role }) => {
      const layout = partLayout({ name: part, shape, role }, this.policy);
      const plain = values.subarray(offset, (offset += sizeOf(shape)));
      const name = `${entry}/${part}`;
      const data = convertOnHost(plain, shape, { from: PLAIN, to: layout });
      this.initializers.set(name, { name, dtype: "float32", shape: physicalShape(layout, shape), data });
      return { name, shape, dtype: "float32", layout };
    });
  }

  joinPacked(parts: readonly Placed[], packing: Packing): Placed {
    const flat = parts.map((part, i) => {
      const own = packing.parts[i];
      return this.reshaped(this.as(part, partLayout(own, this.policy)), [sizeOf(own.shape)]);
    });
    return { name: this.joined(flat), shape: [packedSize(packing)], dtype: "float32", layout: packedLayout(packing) };
  }

  private split(name: string, sizes: readonly number[]): readonly string[] {
    if (sizes.length === 1) return [name];
    const names = this.emitMany({
      op: "Split",
      inputs: [name, this.int64s(sizes)],
      attributes: { axis: int(0) },
      outputs: sizes.length,
    });
    names.forEach((piece, i) => this.views.set(piece, { source: piece, shape: [sizes[i]] }));
    return names;
  }

  private joined(names: readonly string[]): string {
    return names.length === 1 ? names[0] : this.emit({ op: "Concat", inputs: names, attributes: { axis: int(0) } });
  }

  emit(request: EmitRequest): string {
    return this.emitMany(request)[0];
  }

  /** Adds a node unless an equal one is there. */
  emitMany({ op, inputs, attributes = {}, domain = "", outputs = 1 }: EmitRequest): readonly string[] {
    const key = workKey({ op, inputs, attributes, domain });
    const known = this.emitted.get(key);
    if (known) return known;
    const names = Array.from({ length: outputs }, () => `t${this.count++}`);
    this.nodes.push({ op, domain, inputs, outputs: names, attributes });
    this.emitted.set(key, names);
    return names;
  }

  /** A view with other extents; costs nothing at run time. */
  reshaped(name: string, shape: readonly number[]): string {
    const view = this.views.get(name);
    if (view?.shape.join() === shape.join()) return name;
    const source = view?.source ?? name;
    if (this.views.get(source)?.shape.join() === shape.join()) return source;
    const result = this.emit({ op: "Reshape", inputs: [source, this.int64s(shape)] });
    this.views.set(result, { source, shape });
    return result;
  }

  /** Names whose shape in memory is known, with what they are a view of: a view of a view is a view of the source. */
  private readonly views = new Map<string, { readonly source: string; readonly shape: readonly number[] }>();

  scalar(value: number, dtype: DType = "float32"): string {
    return this.initializer({ dtype, shape: [], data: [value] });
  }

  int64s(values: readonly number[]): string {
    return this.initializer({ dtype: "int64", shape: [values.length], data: values });
  }

  initializer({ dtype, shape, data }: Omit<Initializer, "name">): string {
    return this.constant(`${dtype}[${shape.join()}]${this.contentKey(data)}`, () => ({ dtype, shape, data }));
  }

  /** A constant that is made by a rule: `make` is called for the first that names the rule. */
  constant(rule: string, make: () => Omit<Initializer, "name">): string {
    const known = this.initializers.get(rule);
    if (known) return known.name;
    const name = `c${this.initializers.size}`;
    this.initializers.set(rule, { name, ...make() });
    return name;
  }

  /** Constants of some length and fills are shared by content, all others stored each time. */
  private contentKey(data: Initializer["data"]): string {
    const text = (value: number | undefined): string => (Object.is(value, -0) ? "-0" : String(value));
    if (data.length <= SHARED_SIZE) return Array.from(data, text).join();
    const filled = data.every((value) => Object.is(value, data[0]));
    return filled ? `${data.length} times ${text(data[0])}` : `#${this.initializers.size}`;
  }

  private fullConstant(value: Value): string {
    if (value.splat !== undefined && sizeOf(value.shape) > 64)
      return this.emit({ op: "Expand", inputs: [this.scalar(value.splat, value.dtype), this.int64s(value.shape)] });
    return this.initializer({ dtype: value.dtype, shape: value.shape, data: constantData(value) });
  }
}

/** Nodes of one key compute the same. */
export const workKey = ({ op, domain, inputs, attributes }: Omit<OnnxNode, "outputs">): string =>
  JSON.stringify([op, domain, inputs, attributes]);

export const int = (value: number): OnnxAttribute => ({ kind: "int", value });
export const float = (value: number): OnnxAttribute => ({ kind: "float", value });
export const text = (value: string): OnnxAttribute => ({ kind: "string", value });
export const ints = (value: readonly number[]): OnnxAttribute => ({ kind: "ints", value });
export const floats = (value: readonly number[]): OnnxAttribute => ({ kind: "floats", value });
