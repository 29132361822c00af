/** @file The default engine: every function becomes one ONNX graph, run by ONNX Runtime. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type {
  Engine,
  EngineInfo,
  Program,
  Signature,
  StateSpec,
  TensorFunction,
  TensorProgram,
  TensorSpec,
} from "@gan-arena/core/base";
import type { LoweringPolicy } from "../lower/policy.js";
import { chooseLowerings, lacksChoices, unusualChoices, type Choices } from "../measure/choose.js";
import { LoweringTable, type TableOptions } from "../measure/table.js";
import { joinBatches } from "../passes/joint-batches.js";
import { trace, traceShapes } from "../trace/trace.js";
import { loadOrt, type Ort, type SessionOptions } from "./ort.js";
import { probeBlock } from "./probe.js";
import { readProfile, type ProgramProfile } from "./profile.js";
import { checkProvider, CPU } from "./providers.js";
import { OnnxProgram } from "./program.js";
import { OnnxState } from "./state.js";

/** To be raised by every change of passes or lowerings after which a program gives other bits: a run goes on with its own. */
const REVISION = "5";

export interface OnnxEngineOptions {
  /** At least 1. */
  readonly threads: number;
  /** Overrides what the probe finds; 0 uses standard kernels only. */
  readonly block?: number;
  /** Names of lowerings by what they were measured for: those of a recorded run. */
  readonly choices?: Choices | undefined;
  /** Where measured lowerings are kept; only an engine with such a folder measures. */
  readonly lowerings?: Pick<TableOptions, "folder" | "note"> | undefined;
  /** An execution provider of ONNX Runtime; default `cpu`. */
  readonly provider?: string | undefined;
  /** A folder for profiles of all programs; each node takes some microseconds longer with them. */
  readonly profile?: string;
}

export class OnnxEngine implements Engine {
  readonly name = "onnx";
  private readonly compiled = new Map<TensorFunction, OnnxProgram[]>();

  private constructor(
    private readonly ort: typeof Ort,
    private readonly facts: EngineInfo,
    private chosen: LoweringPolicy,
    private readonly session: Pick<SessionOptions, "provider" | "profile">,
    private readonly table: LoweringTable | undefined,
  ) {}

  get policy(): LoweringPolicy {
    return this.chosen;
  }

  get info(): EngineInfo {
    return { ...this.facts, choices: { ...this.facts.choices, ...this.chosen.choices } };
  }

  /** @throws GanError UNKNOWN_NAME or MISSING_DEPENDENCY when the provider is none or cannot run here */
  static async create({
    threads,
    block,
    choices = {},
    lowerings,
    provider = CPU,
    profile,
  }: OnnxEngineOptions): Promise<OnnxEngine> {
    const ort = await loadOrt();
    if (provider !== CPU) await checkProvider(provider);
    // Blocked kernels are the CPU's.
    const policy: LoweringPolicy = { block: block ?? (provider === CPU ? await probeBlock() : 0), choices };
    const version = ort.env.versions.node ?? ort.env.versions.common;
    const facts: EngineInfo = {
      engine: "onnx",
      versions: { "onnxruntime-node": version, lowering: REVISION },
      threads,
      choices: { block: String(policy.block), ...(provider === CPU ? {} : { provider }) },
    };
    const session = {
      ...(provider === CPU ? {} : { provider }),
      ...(profile === undefined ? {} : { profile }),
    };
    // Elsewhere there is one kernel for each op.
    const table =
      lowerings && provider === CPU
        ? new LoweringTable({ ...lowerings, onnxruntime: version, threads, block: policy.block })
        : undefined;
    return new OnnxEngine(ort, facts, policy, session, table);
  }

  createState(spec: StateSpec): OnnxState {
    return new OnnxState(this.ort, spec, this.policy);
  }

  /**
   * Chooses lowerings for what is going to be compiled, from the table or by measuring; {@link info} names them then.
   * Does nothing without a table. Where that cannot be written the usual lowerings are kept, with a note.
   */
  async tune(functions: readonly TensorProgram[]): Promise<void> {
    const { table, policy } = this;
    if (!table) return;
    const programs = functions.map(({ fn, signature }) => ({ traced: trace(fn, signature), signature }));
    const { threads } = this.facts;
    const found = await table.complete(
      (known) => programs.some(({ traced }) => lacksChoices(traced, policy, known)),
      async (known) => {
        let all = known;
        for (const { traced, signature } of programs)
          all = { ...all, ...(await chooseLowerings(traced, signature, { policy, threads, known: all })) };
        return all;
      },
    );
    const unusual = programs.map(({ traced }) => unusualChoices(traced, policy, found));
    this.chosen = { ...policy, choices: Object.assign({}, policy.choices, ...unusual) as Choices };
  }

  /** The same function is compiled once for each signature. */
  async compile(fn: TensorFunction, signature: Signature): Promise<OnnxProgram> {
    const programs = (this.compiled.get(fn) ?? []).filter((program) => !program.disposed);
    const known = programs.find((program) => sameSignature(program.signature, signature));
    if (known) return known;
    const { profile } = this.session;
    const program = await OnnxProgram.create(joinBatches(trace(fn, signature)), signature, {
      policy: this.policy,
      threads: this.info.threads,
      ...this.session,
      ...(profile === undefined ? {} : { profile: join(profile, fileName(signature.name)) }),
    });
    this.compiled.set(fn, [...programs, program]);
    return program;
  }

  /** Not with a profile, which is of single programs. */
  async chain(programs: readonly Program[]): Promise<OnnxProgram | undefined> {
    if (this.session.profile !== undefined) return undefined;
    const own = programs.filter((program) => program instanceof OnnxProgram);
    return own.length === programs.length ? OnnxProgram.chain(own, this.session) : undefined;
  }

  trace(fn: TensorFunction, signature: Signature): Promise<Record<string, TensorSpec>> {
    return Promise.resolve(traceShapes(fn, signature));
  }

  /**
   * Ends profiling and reads what was written, a program after the other as they were compiled.
   * @param skip share of the runs of each, the first ones, that were played to get warm
   */
  async profiles(skip: number): Promise<ProgramProfile[]> {
    const folder = this.session.profile;
    if (folder === undefined) return [];
    const programs = [...this.compiled.values()].flat();
    for (const program of programs) program.endProfiling();
    const files = await readdir(folder);
    const profiles: ProgramProfile[] = [];
    for (const { signature, work } of programs) {
      const file = files.find((name) => name.startsWith(`${fileName(signature.name)}_`));
      if (file !== undefined)
        profiles.push(await readProfile(join(folder, file), { program: signature.name, work, skip }));
    }
    return profiles;
  }

  async dispose(): Promise<void> {
    for (const programs of this.compiled.values()) for (const program of programs) await program.dispose();
    this.compiled.clear();
  }
}

const fileName = (program: string): string => program.replaceAll(/[^\w-]/gu, ".");

/** Packings are compared by content: the same entries made twice are the same. */
const sameSignature = (a: Signature, b: Signature): boolean => JSON.stringify(a) === JSON.stringify(b);
