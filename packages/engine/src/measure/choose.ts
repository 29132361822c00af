/**
 * @file Chooses lowerings by measuring.
 *
 * A node alone says which candidates are worth a try, and the whole program decides: what a lowering fuses, and in which
 * layout it leaves its result, shows only there. Alone, 1x1 convolutions of StyleGAN looked 20 % faster by another
 * kernel, and made the step 4 % slower.
 */
import type { Signature } from "@gan-arena/core/base";
import { reachable, type Node } from "../graph/ir.js";
import { workOf } from "../graph/work.js";
import { choiceKey, usual, type Candidate } from "../lower/choice.js";
import { CANDIDATES } from "../lower/index.js";
import type { LoweringPolicy } from "../lower/policy.js";
import { lowerToModel, threadsOf } from "../runtime/program.js";
import { resultsOf, type Traced } from "../trace/trace.js";
import { quantile, runner, type Runner } from "./bench.js";
import { microModel } from "./micro-model.js";

/** Names of lowerings by {@link choiceKey}. */
export type Choices = Readonly<Record<string, string>>;

/** Turns of each candidate of a node. */
const TURNS = 7;
/** A candidate that takes so many times as long as the usual one is not timed any further. */
const HOPELESS = 1.5;
/** A candidate is tried in the program when alone it takes less than this share of the usual one's time... */
const CLEARLY = 0.93;
/** ...and saves this share of the program's time, as it seems. */
const WORTHWHILE = 0.004;
/** Pairs of turns of the program, with the candidate and without. */
const PAIRS = 9;
/** By how much the program must be faster: more than two sessions of the same graph differ. */
const GAIN = 1.015;
/** Milliseconds for one program; what was not measured by then stays as it is and is measured another time. */
const PATIENCE_MS = 30_000;

interface Nomination {
  readonly key: string;
  readonly name: string;
  readonly savedMs: number;
}

/**
 * @param known what was measured before, and is not measured again
 * @returns a name for each node that was measured now, also where it is the usual one
 */
export async function chooseLowerings(
  traced: Traced,
  signature: Signature,
  {
    policy,
    threads: most,
    known,
  }: { readonly policy: LoweringPolicy; readonly threads: number; readonly known: Choices },
): Promise<Record<string, string>> {
  const until = performance.now() + PATIENCE_MS;
  const threads = threadsOf(workOf(resultsOf(traced)), most);
  const settled = new Map<string, string>();
  const nominations: Nomination[] = [];
  for (const [key, nodes] of openNodes(traced, policy, known)) {
    if (performance.now() > until) break;
    const [node] = nodes;
    const times = await timesOf(node, { policy, threads });
    const [first, ...others] = times;
    settled.set(key, first.name);
    const best = others.reduce((a, b) => (b.ms < a.ms ? b : a), first);
    if (best.ms < CLEARLY * first.ms)
      nominations.push({ key, name: best.name, savedMs: nodes.length * (first.ms - best.ms) });
  }
  if (nominations.length === 0) return Object.fromEntries(settled);
  const build = (choices: Choices): Promise<Runner> =>
    runner(lowerToModel(traced, signature, { policy: { ...policy, choices: { ...known, ...choices } } }), threads);
  let current = await build({});
  const taken: Record<string, string> = {};
  for (const { key, name, savedMs } of nominations.sort((a, b) => b.savedMs - a.savedMs)) {
    if (savedMs < WORTHWHILE * current.firstMs) break;
    if (performance.now() > until) {
      settled.delete(key);
      continue;
    }
    const tried = await build({ ...taken, [key]: name });
    const faster = await beats(tried, current);
    await (faster ? current : tried).release();
    if (!faster) continue;
    current = tried;
    taken[key] = name;
  }
  await current.release();
  return { ...Object.fromEntries(settled), ...taken };
}

/** Whether something in the program has to be measured. */
export const lacksChoices = (traced: Traced, policy: LoweringPolicy, known: Choices): boolean =>
  openNodes(traced, policy, known).size > 0;

/** The choices for a program's nodes that are not the usual ones. */
export function unusualChoices(traced: Traced, policy: LoweringPolicy, known: Choices): Record<string, string> {
  const unusual: Record<string, string> = {};
  for (const [key, [node]] of openNodes(traced, policy, {})) {
    const name = known[key];
    if (name !== undefined && name !== usual(node, applicableTo(node, policy), policy).name) unusual[key] = name;
  }
  return unusual;
}

const applicableTo = (node: Node, policy: LoweringPolicy): readonly Candidate[] =>
  (CANDIDATES[node.op] ?? []).filter(({ applies }) => applies(node, policy));

/** Nodes by key that have several candidates and are not known. */
function openNodes(traced: Traced, policy: LoweringPolicy, known: Choices): Map<string, [Node, ...Node[]]> {
  const open = new Map<string, [Node, ...Node[]]>();
  for (const node of reachable(resultsOf(traced))) {
    if (applicableTo(node, policy).length < 2) continue;
    const key = choiceKey(node);
    if (key in known) continue;
    const same = open.get(key);
    if (same) same.push(node);
    else open.set(key, [node]);
  }
  return open;
}

/** Medians of the candidates of a node, the usual one first. */
async function timesOf(
  node: Node,
  { policy, threads }: { readonly policy: LoweringPolicy; readonly threads: number },
): Promise<{ name: string; ms: number }[]> {
  const applicable = applicableTo(node, policy);
  const first = usual(node, applicable, policy);
  const running: { name: string; runner: Runner; times: number[] }[] = [];
  for (const { name } of [first, ...applicable.filter((candidate) => candidate !== first)]) {
    const model = microModel(node, { ...policy, choices: { [choiceKey(node)]: name } });
    running.push({ name, runner: await runner(model, threads), times: [] });
  }
  const [reference] = running;
  for (let turn = 0; turn < TURNS; turn++)
    for (const each of running) {
      const hopeless = each.runner.firstMs > HOPELESS * reference.runner.firstMs && turn > 1;
      if (!hopeless || each === reference) each.times.push(await each.runner.time());
    }
  for (const each of running) await each.runner.release();
  return running.map(({ name, times }) => ({ name, ms: quantile(times, 0.5) }));
}

/** Whether a program is faster than another one in nearly every pair of turns, and clearly so in most. */
async function beats(tried: Runner, current: Runner): Promise<boolean> {
  const ratios: number[] = [];
  for (let pair = 0; pair < PAIRS; pair++) {
    const [first, second] = pair % 2 === 0 ? [tried, current] : [current, tried];
    const [a, b] = [await first.time(), await second.time()];
    ratios.push(pair % 2 === 0 ? b / a : a / b);
    // A third of them lost is no clear win any more.
    if (ratios.filter((ratio) => ratio < 1).length > PAIRS / 3) return false;
  }
  return quantile(ratios, 0.5) > GAIN;
}
