/**
 * @file Batches that pass through one layer after another become one batch: D sees real and generated samples at once.
 *
 * A product of 128 rows costs hardly more than one of 64 where the call costs as much as the numbers, and the sum of two
 * products in a gradient becomes one product. Rows are independent; only the order of the sums over a batch changes.
 */
import { resultsOf, type Traced } from "../trace/trace.js";
import { constantData, isConstant, reachable, sameShape, type Graph, type Node, type Value } from "../graph/ir.js";
import { workOf } from "../graph/work.js";
import { findTwins, type Group, type Place } from "./twins.js";

/** Floating-point operations up to which it pays: above, calls cost little beside what they compute, and copies much. */
const MOST_WORK = 1e9;
/** Nodes of the largest graph that is looked at. */
const MOST_NODES = 2000;

/** The same function with joint batches, or as it was where that would not save nodes. */
export function joinBatches(traced: Traced): Traced {
  const names = [Object.keys(traced.outputs), Object.keys(traced.newState)] as const;
  const results = resultsOf(traced);
  const order = reachable(results);
  if (order.length > MOST_NODES || workOf(results) > MOST_WORK) return traced;
  const places = findTwins(order);
  if (places.size === 0) return traced;
  const joint = new JointBatches(traced.graph, places, order);
  const joined = results.map((value) => joint.value(value));
  if (cost(joined) >= cost(results)) return traced;
  const named = (keys: readonly string[], from: number): Record<string, Value> =>
    Object.fromEntries(keys.map((name, i) => [name, joined[from + i]]));
  return { ...traced, outputs: named(names[0], 0), newState: named(names[1], names[0].length) };
}

/** Calls that a graph takes. Pieces of one value count once: they are cut together. */
function cost(results: readonly Value[]): number {
  const nodes = reachable(results).filter(({ op }) => op !== "Constant" && op !== "Input" && op !== "State");
  const cuts = new Set(nodes.flatMap(({ op, inputs }) => (op === "Slice" ? [inputs[0]] : [])));
  return nodes.filter(({ op }) => op !== "Slice").length + cuts.size;
}

/** Makes a graph anew, with the batches of each group as one. */
class JointBatches {
  private readonly made = new Map<Node, readonly Value[]>();
  private readonly whole = new Map<Group, Value>();
  private readonly uses = new Map<Value, number>();
  private readonly series = new Map<Value, InSeries[]>();

  constructor(
    private readonly graph: Graph,
    private readonly places: ReadonlyMap<Node, Place>,
    order: readonly Node[],
  ) {
    for (const group of new Set([...places.values()].map((place) => place.group))) {
      this.addSeries(group.map(first));
      if (group[0].op === "Gemm") this.addSeries(group.map(({ inputs }) => inputs[0]));
    }
    for (const { inputs } of order) for (const input of inputs) this.uses.set(input, (this.uses.get(input) ?? 0) + 1);
  }

  private addSeries(values: readonly Value[]): void {
    values.forEach((value, slot) => this.series.set(value, [...(this.series.get(value) ?? []), { values, slot }]));
  }

  value(old: Value): Value {
    let made = this.made.get(old.node);
    if (!made) this.made.set(old.node, (made = this.make(old.node)));
    return made[old.node.outputs.indexOf(old)];
  }

  private make(node: Node): readonly Value[] {
    const place = this.places.get(node);
    if (place) return [this.piece(place)];
    const { op, attributes, outputs } = node;
    if (op === "Constant" || op === "Input" || op === "State") return outputs;
    if (op === "Add") return [this.sum(node)];
    const inputs = node.inputs.map((input) => this.value(input));
    if (outputs.length > 1) {
      const specs = outputs.map(({ shape, dtype }) => ({ shape, dtype }));
      return this.graph.node(op, inputs, attributes, specs).outputs;
    }
    const { shape, dtype } = outputs[0];
    return [this.graph.make({ op, inputs, attributes, shape, dtype })];
  }

  /** The rows of one twin. */
  private piece({ group, slot }: Place): Value {
    const rows = group.map(({ outputs }) => outputs[0].shape[0]);
    const start = rows.slice(0, slot).reduce((sum, count) => sum + count, 0);
    const { shape, dtype } = group[slot].outputs[0];
    const zeros = shape.map(() => 0);
    const attributes = {
      starts: [start, ...zeros.slice(1)],
      ends: [start + rows[slot], ...shape.slice(1)],
      steps: shape.map(() => 1),
    };
    return this.graph.make({ op: "Slice", inputs: [this.batch(group)], attributes, shape, dtype });
  }

  /** All rows of a group. */
  private batch(group: Group): Value {
    const known = this.whole.get(group);
    if (known) return known;
    const [{ op, attributes, inputs, outputs }] = group;
    const operands = inputs.map((shared, i) => {
      const own = group.map((twin) => twin.inputs[i]);
      return own.every((value) => value === shared || (value.splat !== undefined && value.splat === shared.splat)) &&
        !(op === "Gemm" && i === 0)
        ? this.value(shared)
        : this.joined(own);
    });
    const { shape, dtype } = outputs[0];
    const made = this.graph.make({
      op,
      inputs: operands,
      attributes,
      shape: [totalRows(group.map(first)), ...shape.slice(1)],
      dtype,
    });
    this.whole.set(group, made);
    return made;
  }

  /** Values one after the other along the batch. */
  private joined(values: readonly Value[]): Value {
    const group = this.groupOf(values);
    if (group) return this.batch(group);
    const { shape, dtype, splat } = values[0];
    const all = [totalRows(values), ...shape.slice(1)];
    if (splat !== undefined && values.every((value) => value.splat === splat))
      return this.graph.splat(splat, all, dtype);
    if (dtype === "float32" && values.every(isConstant)) {
      const numbers = values.flatMap((value) => Array.from(constantData(value)));
      return this.graph.constant(Float32Array.from(numbers), all, dtype);
    }
    const inputs = values.map((value) => this.value(value));
    return this.graph.make({ op: "Concat", inputs, attributes: { axis: 0 }, shape: all, dtype });
  }

  /** The group that some values are, all of it and in its order. */
  private groupOf(values: readonly Value[]): Group | undefined {
    const group = this.places.get(values[0].node)?.group;
    return group?.length === values.length && group.every((twin, i) => twin === values[i].node) ? group : undefined;
  }

  /** A sum in which the terms of twins are one term. */
  private sum(node: Node): Value {
    const { shape, dtype } = node.outputs[0];
    const contractions = new Map<string, Contraction & { readonly terms: Value[] }>();
    const rest: Value[] = [];
    for (const term of this.termsOf(node)) {
      const found = this.contractionOf(term);
      if (!found) {
        rest.push(term);
        continue;
      }
      const known = contractions.get(found.key) ?? { ...found, terms: [] };
      contractions.set(found.key, known);
      if (known.terms[found.slot]) rest.push(term);
      else known.terms[found.slot] = term;
    }
    const found = [...contractions.values()];
    const complete = found.filter(({ terms, operands }) => Object.keys(terms).length === operands[0].length);
    const add = (a: Value, b: Value): Value => this.graph.make({ op: "Add", inputs: [a, b], shape, dtype });
    if (complete.length === 0) return add(this.value(node.inputs[0]), this.value(node.inputs[1]));
    const incomplete = found.filter((each) => !complete.includes(each)).flatMap(({ terms }) => Object.values(terms));
    const joined = complete.map(({ terms: [{ node: model }], operands }) => {
      const inputs = operands.map((values) => this.joined(values));
      return this.graph.make({ op: model.op, inputs, attributes: model.attributes, shape, dtype });
    });
    return [...joined, ...[...incomplete, ...rest].map((term) => this.value(term))].reduce(add);
  }

  /** What a product or sum over the batch of a twin has in common with those of the other twins. */
  private contractionOf({ node: { op, inputs, attributes, outputs } }: Value): Contraction | undefined {
    const axes = attributes["axes"] as readonly number[] | undefined;
    const product = op === "Gemm" && attributes["transposeA"] === true && attributes["transposeB"] !== true;
    const sum = op === "ReduceSum" && inputs[0].shape.length === 2 && axes?.join() === "0";
    if (!product && !sum) return undefined;
    // What the loss returns for two batches may cancel bit for bit, as in a loss of differences of scores. Summed as one batch
    // it would leave a rest, which Adam would take for a gradient.
    if (sum && !this.places.has(inputs[0].node)) return undefined;
    const [left, right = left] = inputs.map((input) => this.series.get(input) ?? []);
    for (const a of left)
      for (const b of right)
        if (a.slot === b.slot && a.values.length === b.values.length) {
          const operands = sum ? [a.values] : [a.values, b.values];
          const ids = operands.map((values) => values.map(({ id }) => id).join()).join("|");
          return { key: `${op}|${outputs[0].shape.join()}|${ids}`, slot: a.slot, operands };
        }
    return undefined;
  }

  /** The operands of nested sums of one shape, which nobody else uses on the way. */
  private termsOf(node: Node): Value[] {
    const { shape } = node.outputs[0];
    return node.inputs.flatMap((input) =>
      input.node.op === "Add" &&
      this.uses.get(input) === 1 &&
      !this.places.has(input.node) &&
      sameShape(input.shape, shape)
        ? this.termsOf(input.node)
        : [input],
    );
  }
}

/** A product or sum over the batch of one twin. */
interface Contraction {
  /** The same for all twins. */
  readonly key: string;
  readonly slot: number;
  /** For each operand, its values in all twins. */
  readonly operands: readonly (readonly Value[])[];
}

/** A value's place among those whose batches lie one after the other. */
interface InSeries {
  readonly values: readonly Value[];
  readonly slot: number;
}

const first = ({ outputs }: Node): Value => outputs[0];
const totalRows = (values: readonly Value[]): number => values.reduce((sum, { shape }) => sum + shape[0], 0);
