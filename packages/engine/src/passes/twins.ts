/**
 * @file Twins: nodes that do the same with the same weights to different batches, as D does with real and generated samples.
 *
 * Products by one matrix are twins, and element-wise ops of twins are twins again. A group lists its twins in order, and the
 * groups of one network are in the same order, so that their batches can lie one after the other.
 */
import type { Node, Value } from "../graph/ir.js";
import { POINTWISE } from "./pointwise.js";

/** Twins in order; each has one output, of which the first axis is the batch. */
export type Group = readonly Node[];

/** Where a node stands in its group. */
export interface Place {
  readonly group: Group;
  readonly slot: number;
}

/** Finds the groups of two or more. @param order nodes, inputs first */
export function findTwins(order: readonly Node[]): ReadonlyMap<Node, Place> {
  const users = usersOf(order);
  const places = new Map<Node, Place>();
  const waiting: Node[] = [];
  const enter = (group: Group): void => {
    group.forEach((node, slot) => places.set(node, { group, slot }));
    waiting.push(...group.flatMap((node) => users.get(node) ?? []));
  };
  for (const group of aligned(products(order), order)) enter(group);
  const candidates = new Map<string, Node[]>();
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    const found = places.has(node) ? undefined : congruence(node, places);
    if (!found) continue;
    const { key, slot, count } = found;
    const twins = candidates.get(key) ?? [];
    candidates.set(key, twins);
    twins[slot] ??= node;
    if (Object.keys(twins).length === count) enter(twins);
  }
  return places;
}

function usersOf(order: readonly Node[]): ReadonlyMap<Node, readonly Node[]> {
  const users = new Map<Node, Node[]>();
  for (const node of order)
    for (const maker of new Set(node.inputs.map((input) => input.node)))
      users.set(maker, [...(users.get(maker) ?? []), node]);
  return users;
}

/** What an element-wise op must have in common with its twins, and which of them it is. */
function congruence(
  { op, inputs, attributes, outputs: [output] }: Node,
  places: ReadonlyMap<Node, Place>,
): { key: string; slot: number; count: number } | undefined {
  if (!POINTWISE[op]) return undefined;
  let place: Place | undefined;
  const operands: string[] = [];
  for (const input of inputs) {
    const own = sameRows(input, output) ? places.get(input.node) : undefined;
    if (own) {
      if (place && place.slot !== own.slot) return undefined;
      place = own;
      operands.push(`twin ${own.group[0].id}`);
    } else if (isShared(input, output))
      operands.push(input.splat === undefined ? `value ${input.id}` : `${input.splat}`);
    else return undefined;
  }
  if (!place) return undefined;
  const key = [op, output.dtype, JSON.stringify(attributes), ...operands].join("|");
  return { key, slot: place.slot, count: place.group.length };
}

const sameRows = (input: Value, output: Value): boolean =>
  input.shape.length === output.shape.length && input.shape[0] === output.shape[0];

/** Whether a value meets every row of a batch alike. */
const isShared = ({ shape, splat }: Value, output: Value): boolean =>
  splat !== undefined || shape.length < output.shape.length || shape[0] === 1;

/** Products of batches by one matrix, none of which needs another one of its group, nor any that is made with it. */
function products(order: readonly Node[]): Node[][] {
  const groupOf = new Map<Node, Node[]>();
  const byMatrix = new Map<string, Node[][]>();
  for (const node of order) {
    const { op, attributes, inputs } = node;
    if (op !== "Gemm" || attributes["transposeA"] === true) continue;
    const key = `${inputs[1].id} ${attributes["transposeB"] === true ? "turned" : "as it is"}`;
    const groups = byMatrix.get(key) ?? [];
    byMatrix.set(key, groups);
    const open = groups.find((group) => !needs([node], group, groupOf) && !needs(group, [node], groupOf));
    if (open) open.push(node);
    else groups.push([node]);
    groupOf.set(node, open ?? (groups.at(-1) as Node[]));
  }
  return [...byMatrix.values()].flat().filter((group) => group.length > 1);
}

/** Whether what makes the inputs of some nodes, each together with its group, includes one of the others. */
function needs(nodes: readonly Node[], others: readonly Node[], groupOf: ReadonlyMap<Node, readonly Node[]>): boolean {
  const seen = new Set<Node>();
  const stack = nodes.flatMap(({ inputs }) => inputs.map((input) => input.node));
  for (let node = stack.pop(); node; node = stack.pop()) {
    if (seen.has(node)) continue;
    if (others.includes(node)) return true;
    seen.add(node);
    for (const twin of groupOf.get(node) ?? [node]) {
      if (others.includes(twin)) return true;
      seen.add(twin);
      stack.push(...twin.inputs.map((input) => input.node));
    }
  }
  return false;
}

/** Puts each group in the order of an earlier one that its members follow from, or meet later. */
function aligned(groups: readonly Node[][], order: readonly Node[]): Group[] {
  const ancestors = ancestorsOf(order);
  const done: Node[][] = [];
  for (const group of groups) {
    const slots = done
      .filter((model) => model.length === group.length)
      .map((model) => group.map((member) => slotOf(member, model, ancestors)))
      .find((each) => new Set(each).size === group.length && !each.includes(-1));
    done.push(slots ? group.map((_, slot) => group[slots.indexOf(slot)]) : group);
  }
  return done;
}

interface Kin {
  readonly before: bigint;
  /** Everything that the nodes which use this one need. */
  readonly around: bigint;
  readonly bit: bigint;
}

/** Sets of nodes as bits, by the place of each in the order. */
function ancestorsOf(order: readonly Node[]): ReadonlyMap<Node, Kin> {
  const kin = new Map<Node, { before: bigint; around: bigint; bit: bigint }>();
  order.forEach((node, i) => {
    let before = 0n;
    for (const input of node.inputs) {
      const own = kin.get(input.node);
      if (own) before |= own.before | own.bit;
    }
    for (const input of node.inputs) {
      const own = kin.get(input.node);
      if (own) own.around |= before;
    }
    kin.set(node, { before, around: 0n, bit: 1n << BigInt(i) });
  });
  return kin;
}

/** The only member of the model that a node follows from, else the only one that it meets; -1 for none or several. */
function slotOf(node: Node, model: readonly Node[], kin: ReadonlyMap<Node, Kin>): number {
  const own = kin.get(node);
  if (!own) return -1;
  for (const set of [own.before, own.around]) {
    const slots = model.flatMap((member, slot) => ((set & (kin.get(member)?.bit ?? 0n)) === 0n ? [] : [slot]));
    if (slots.length > 0) return slots.length === 1 ? slots[0] : -1;
  }
  return -1;
}
