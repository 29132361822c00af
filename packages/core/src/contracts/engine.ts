/**
 * @file What the arena asks of an engine: compile a function of tensors once, run it many times.
 *
 * Parameters, moments and statistics live in a {@link State}, where and in whatever layout the engine wants. A program
 * reads and replaces entries of the state; only {@link State.read} and {@link State.write} move them to and from the host.
 */
import type { Tensor } from "@tensorflow/tfjs";
import type { HostTensors, Packing, TensorSpec } from "./tensors.js";

/** An entry of a state is one flat float32 vector, made of the packing's parts. */
export type StateSpec = Readonly<Record<string, Packing>>;

export interface Signature {
  /** Names the program in listings and messages, for example `wgan-gp/critic`. */
  readonly name: string;
  readonly inputs: Readonly<Record<string, TensorSpec>>;
  /** The entries of the state that the function may read or replace. */
  readonly state: StateSpec;
}

export interface FunctionResult {
  readonly outputs: Record<string, Tensor>;
  /** New values of state entries; entries that are not named stay as they are, bit for bit. */
  readonly state: Record<string, Tensor>;
}

/**
 * A pure function of tensors written with TensorFlow.js. State entries arrive as flat vectors: take them apart with
 * `unpack` and put gradients together with `pack`; between the two only element-wise work keeps the engine's layout.
 */
export type TensorFunction = (inputs: Record<string, Tensor>, state: Record<string, Tensor>) => FunctionResult;

export interface TensorProgram {
  readonly fn: TensorFunction;
  readonly signature: Signature;
}

export interface Program {
  readonly signature: Signature;
  /** How the program runs, so that no slower path is taken unseen. */
  readonly kind: "compiled" | "eager";
  /** Runs once. Output arrays belong to the program and are overwritten by its next run: copy what must be kept. */
  run(inputs: HostTensors, state: State): Promise<HostTensors>;
  /** A listing for people. */
  toString(): string;
  dispose(): Promise<void>;
}

export interface State {
  readonly spec: StateSpec;
  /** Copies of entries as float32 vectors in the packing's own order, parts row-major. */
  read(names?: readonly string[]): Promise<Record<string, Float32Array>>;
  write(values: Readonly<Record<string, Float32Array>>): Promise<void>;
  dispose(): Promise<void>;
}

/** The name of an input or output of a chain's program at `position`. */
export const inChain = (position: number, name: string): string => `${position}/${name}`;

export interface EngineInfo {
  readonly engine: string;
  /** Versions of what computes, for example `onnxruntime-node`. */
  readonly versions: Readonly<Record<string, string>>;
  readonly threads: number;
  /** Choices that change bits (layouts, lowerings); resume insists on the same ones. */
  readonly choices: Readonly<Record<string, string>>;
}

export interface Engine {
  readonly name: string;
  readonly info: EngineInfo;
  createState(spec: StateSpec): State;
  /**
   * For engines that choose by measuring how they compute: chooses for functions before they are compiled, and names the
   * choices in {@link info} from then on. Whatever is compiled without having been announced is computed the usual way.
   */
  tune?(functions: readonly TensorProgram[]): Promise<void>;
  compile(fn: TensorFunction, signature: Signature): Promise<Program>;
  /**
   * One program that runs others of this engine one after the other on the same state, with the same bits; for programs so
   * small that calling them costs as much as what they compute. Its inputs and outputs are called {@link inChain}.
   * Undefined where it would not pay; engines without this method run programs one by one.
   */
  chain?(programs: readonly Program[]): Promise<Program | undefined>;
  /** Runs `fn` on symbols to learn the shapes of its results; computes nothing. */
  trace(fn: TensorFunction, signature: Signature): Promise<Record<string, TensorSpec>>;
  dispose(): Promise<void>;
}

export interface EngineOptions {
  /** 0 = as many as there are cores. */
  readonly threads: number;
  /** Same bits on every machine of one kind: no choice is made by measuring. */
  readonly deterministic: boolean;
  /** {@link EngineInfo.choices} of a recorded run, to be made again whatever would be chosen now. */
  readonly choices?: Readonly<Record<string, string>>;
  /** The folder for what an engine measures once and uses again. */
  readonly cache?: string;
  /** Told in one line what the user should know. */
  readonly note?: (text: string) => void;
  /** Where an engine computes that can do so in several places; default: on the CPU. */
  readonly provider?: string;
}

/** A place where an engine can compute. */
export interface ProviderState {
  readonly name: string;
  /** Why it cannot run on this machine; undefined when it can. */
  readonly reason?: string;
}

/** The plugin: says whether it can run here, and makes an engine. */
export interface EngineFactory {
  readonly name: string;
  readonly summary: string;
  /** Higher is preferred by `--engine auto`. */
  readonly rank: number;
  /** Undefined when it can run here, else one sentence that says why not and what to do. */
  unavailable(): Promise<string | undefined>;
  /** For engines that can compute in several places; each is tried. */
  providers?(): Promise<readonly ProviderState[]>;
  create(options: EngineOptions): Promise<Engine>;
}
