/** @file A compiled program: one traced function as one ONNX graph and one session. */
import type { HostTensor, HostTensors, Program, Signature, State } from "@gan-arena/core/base";
import { float32, GanError, inChain, internalError, sizeOf } from "@gan-arena/core/base";
import { checkInputs, unknownKernel } from "../errors.js";
import { workOf } from "../graph/work.js";
import { LOWERINGS } from "../lower/index.js";
import { PLAIN } from "../lower/layout.js";
import { Lowering, packedLayout } from "../lower/lowering.js";
import type { LoweringPolicy } from "../lower/policy.js";
import type { Model, ModelPort } from "../onnx/model.js";
import { bundleNumbers, NUMBERS_IN, NUMBERS_OUT, numbersOf, type Bundled } from "../onnx/bundle.js";
import { chainModels } from "../onnx/chain.js";
import { listing } from "../onnx/listing.js";
import { liveNodes } from "../onnx/live-nodes.js";
import { NEW, resultsOf, stateInputName, type Traced } from "../trace/trace.js";
import { InPlaceSession } from "./in-place.js";
import { loadOrt, type Ort, type SessionOptions } from "./ort.js";
import { OnnxState } from "./state.js";

/**
 * Floating-point operations from which on a program is run on several threads. Below it the threads wait for each other
 * longer than they compute, and much longer still when other processes want the cores.
 */
const PARALLEL_WORK = 5e7;
/** Floating-point operations from which on a program costs much more than to call it. */
const CHAINED_WORK = 1e9;
/** Nodes of the longest chain: it is built anew for each order of plays. */
const CHAINED_NODES = 4000;

/** Threads for a program, of those that it may have. */
export const threadsOf = (work: number, most: number): number => (work < PARALLEL_WORK ? 1 : most);

/** Lowers a traced function to an ONNX model whose ports are named after inputs, outputs and state entries. */
export function lowerToModel(
  traced: Traced,
  signature: Signature,
  { policy, weights }: { readonly policy: LoweringPolicy; readonly weights?: Readonly<Record<string, Float32Array>> },
): Model {
  const lowering = new Lowering(
    policy,
    LOWERINGS,
    resultsOf(traced),
    (op) => unknownKernel(signature.name, op),
    weights,
  );
  const outputs: ModelPort[] = [];
  const sources = new Map<string, string>();
  for (const [name, value] of Object.entries(traced.outputs)) {
    sources.set(name, lowering.as(value, PLAIN));
    outputs.push({ name, shape: value.shape, dtype: value.dtype });
  }
  for (const [name, value] of Object.entries(traced.newState)) {
    const packing = signature.state[name];
    if (!packing) throw internalError(signature.name, `state entry ${name} has no packing`);
    sources.set(NEW + name, lowering.as(value, packedLayout(packing)));
    outputs.push({ name: NEW + name, shape: value.shape, dtype: value.dtype });
  }
  // The node that makes a result writes it under the port's name, so that nothing is copied on the way out; what is an
  // input, a constant or another port already needs a copy.
  const produced = new Set(lowering.nodes.flatMap((node) => node.outputs));
  const renamed = new Map<string, string>();
  for (const [name, from] of sources) {
    if (produced.has(from) && !renamed.has(from)) renamed.set(from, name);
    else lowering.nodes.push({ op: "Identity", domain: "", inputs: [from], outputs: [name], attributes: {} });
  }
  const live = liveNodes(lowering.nodes, [...sources.keys(), ...renamed.keys()]);
  const used = new Set(live.flatMap((node) => node.inputs));
  const values = [...Object.values(traced.inputs), ...Object.values(traced.state)];
  const inputs = values
    .map((value): ModelPort => ({
      name: value.node.attributes["name"] as string,
      shape: value.shape,
      dtype: value.dtype,
    }))
    .filter(({ name }) => used.has(name));
  const portNamed = (name: string): string => renamed.get(name) ?? name;
  const nodes = live.map((node) => ({
    ...node,
    inputs: node.inputs.map(portNamed),
    outputs: node.outputs.map(portNamed),
  }));
  return {
    name: signature.name,
    nodes,
    initializers: [...lowering.initializers.values()].filter(({ name }) => used.has(name)),
    inputs,
    outputs,
  };
}

export class OnnxProgram implements Program {
  readonly kind = "compiled";
  private readonly feedNames: readonly string[];
  private readonly stateFeeds: readonly string[];
  private readonly outputs: HostTensors = {};
  private readonly fetches: Record<string, Ort.Tensor> = {};
  private readonly feeds: Record<string, Ort.Tensor> = {};
  private readonly numbersIn: Float32Array;
  private released?: Promise<void>;
  private readonly inputCache = new Map<string, readonly [Ort.Tensor, Ort.Tensor | undefined]>();

  private constructor(
    readonly signature: Signature,
    private readonly bundled: Bundled,
    private readonly session: InPlaceSession,
    private readonly ort: typeof Ort,
    private readonly newState: readonly string[],
    /** Floating-point operations of the products and convolutions in one run. */
    readonly work: number,
    readonly threads: number,
  ) {
    const { model, inputs, outputs } = bundled;
    const present = new Set(model.inputs.map(({ name }) => name));
    this.feedNames = Object.keys(signature.inputs).filter((name) => present.has(name));
    this.stateFeeds = Object.keys(signature.state).filter((name) => present.has(stateInputName(name)));
    for (const { name, shape, dtype } of model.outputs) {
      if (name.startsWith(NEW) && newState.includes(name.slice(NEW.length))) continue;
      const size = sizeOf(shape as number[]);
      const data =
        dtype === "float32" ? new Float32Array(size) : dtype === "int32" ? new Int32Array(size) : new Uint8Array(size);
      this.fetches[name] = new ort.Tensor(dtype as "float32", data as Float32Array, shape as number[]);
      this.outputs[name] = { shape: shape as number[], dtype: dtype as HostTensor["dtype"], data };
    }
    for (const { name, offset, length } of outputs) {
      const numbers = this.outputs[NUMBERS_OUT].data as Float32Array;
      this.outputs[name] = float32([length], numbers.subarray(offset, offset + length));
    }
    this.numbersIn = new Float32Array(numbersOf(inputs));
    if (inputs.length > 0) this.feeds[NUMBERS_IN] = new ort.Tensor("float32", this.numbersIn, [this.numbersIn.length]);
  }

  /** The graph, as listings show it. */
  private get model(): Model {
    return this.bundled.model;
  }

  static async create(
    traced: Traced,
    signature: Signature,
    options: SessionOptions & { policy: LoweringPolicy },
  ): Promise<OnnxProgram> {
    const model = lowerToModel(traced, signature, options);
    const work = workOf(resultsOf(traced));
    const ports = { model, inputs: [], outputs: [] };
    return OnnxProgram.load(ports, signature, { ...options, threads: threadsOf(work, options.threads), work });
  }

  /**
   * Programs that run one after the other, as one. Each is computed by as many threads as alone, so that its bits are the
   * same.
   * @returns undefined for programs of which the calls are not what costs, or which want different threads
   */
  static async chain(
    programs: readonly OnnxProgram[],
    options: Omit<SessionOptions, "threads">,
  ): Promise<OnnxProgram | undefined> {
    const [{ threads }] = programs;
    const nodes = programs.reduce((sum, { model }) => sum + model.nodes.length, 0);
    const work = programs.reduce((sum, program) => sum + program.work, 0);
    const pays =
      nodes <= CHAINED_NODES && programs.every((each) => each.work < CHAINED_WORK && each.threads === threads);
    if (!pays) return undefined;
    const signatures = programs.map(({ signature }) => signature);
    const name = `${[...new Set(signatures.map((signature) => signature.name))].join("+")} in a chain of ${programs.length}`;
    const inputs = signatures.flatMap((signature, position) =>
      Object.entries(signature.inputs).map(([input, spec]) => [inChain(position, input), spec] as const),
    );
    const signature: Signature = {
      name,
      inputs: Object.fromEntries(inputs),
      state: Object.assign({}, ...signatures.map(({ state }) => state)) as Signature["state"],
    };
    const chained = chainModels(name, programs.map((program) => program.model)); // prettier-ignore
    return OnnxProgram.load(bundleNumbers(chained), signature, { ...options, threads, work });
  }

  private static async load(
    bundled: Bundled,
    signature: Signature,
    { work, ...options }: SessionOptions & { readonly work: number },
  ): Promise<OnnxProgram> {
    const { model } = bundled;
    const session = await InPlaceSession.create(model, options).catch((cause: unknown) => {
      throw internalError(
        signature.name,
        `ONNX Runtime refused the compiled graph: ${cause instanceof Error ? cause.message : String(cause)}`,
        cause,
      );
    });
    const replaced = model.outputs.flatMap(({ name }) => (name.startsWith(NEW) ? [name.slice(NEW.length)] : []));
    return new OnnxProgram(signature, bundled, session, await loadOrt(), replaced, work, options.threads);
  }

  /** Outputs share their arrays from run to run. */
  async run(inputs: HostTensors, state: State): Promise<HostTensors> {
    checkInputs(this.signature, inputs);
    if (!(state instanceof OnnxState)) throw internalError(this.signature.name, "the state belongs to another engine");
    const { feeds } = this;
    for (const name of this.feedNames) feeds[name] = this.inputTensor(name, inputs[name]);
    for (const { name, offset, length } of this.bundled.inputs) {
      const { data } = inputs[name];
      for (let i = 0; i < length; i++) this.numbersIn[offset + i] = data[i];
    }
    for (const name of this.stateFeeds) feeds[stateInputName(name)] = state.current(name);
    for (const name of this.newState) this.fetches[NEW + name] = state.next(name);
    try {
      await this.session.run(feeds, this.fetches);
    } catch (cause) {
      if (cause instanceof GanError) throw cause;
      throw internalError(
        this.signature.name,
        `ONNX Runtime failed: ${cause instanceof Error ? cause.message : String(cause)}`,
        cause,
      );
    }
    for (const name of this.newState) state.flip(name);
    return this.outputs;
  }

  /** Callers alternate between two arrays at most, so tensors of the last two are kept. */
  private inputTensor(name: string, { data, shape, dtype }: HostTensor): Ort.Tensor {
    const [first, second] = this.inputCache.get(name) ?? [];
    if (first?.data === data) return first;
    if (second?.data === data) return second;
    const tensor = new this.ort.Tensor(dtype as "float32", data as Float32Array, [...shape]);
    this.inputCache.set(name, [tensor, first]);
    return tensor;
  }

  /** Nodes by op, for tests and listings. */
  get opCounts(): Readonly<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const { op, domain } of this.model.nodes) {
      const name = domain === "" ? op : `${domain}.${op}`;
      counts[name] = (counts[name] ?? 0) + 1;
    }
    return counts;
  }

  toString(): string {
    return listing(this.model);
  }

  /** Ends the profile that was asked for when it was made. */
  endProfiling(): void {
    this.session.endProfiling();
  }

  get disposed(): boolean {
    return this.released !== undefined;
  }

  /** May be called again; the session is released once. */
  dispose(): Promise<void> {
    this.released ??= this.session.release();
    return this.released;
  }
}
