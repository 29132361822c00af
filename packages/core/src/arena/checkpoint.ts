/** @file What a checkpoint of a run holds, and what must be equal for a run to go on from it. */
import { z } from "zod";
import { readSafetensors, writeSafetensors } from "../checkpoint/index.js";
import type { EngineInfo } from "../contracts/engine.js";
import { fromLogged, toLogged } from "../contracts/events.js";
import { float32, sizeOf, type HostTensors, type Packing } from "../contracts/tensors.js";
import type { RunSpec } from "../contracts/tracker.js";
import { badCheckpoint, formatShape } from "../errors.js";
import type { Counters } from "./counters.js";
import type { Game } from "./game.js";
import type { Table } from "./play.js";

const FORMAT_VERSION = 1;
/** Key of the file's metadata under which everything that is not a tensor stands, as JSON. */
const METADATA = "gan-arena";

/** What a run is; two runs with equal identities and equal counters have equal bits. */
export interface Identity {
  readonly variant: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly dataset: string;
  readonly dataFingerprint: string;
  readonly seed: number;
  readonly batchSize: number;
  /** The budget: schedules look at it. */
  readonly kimg: number;
  readonly engine: EngineInfo;
}

/** @param engine the one that is used now, whatever the run's record says */
export const identityOf = (run: RunSpec, engine: EngineInfo): Identity => ({
  variant: run.variant,
  config: run.config,
  dataset: run.dataset,
  dataFingerprint: run.dataFingerprint,
  seed: run.seed,
  batchSize: run.options.batchSize,
  kimg: run.options.kimg,
  engine,
});

const count = z.number().min(0);
const counts = z.record(z.string(), count);
const record = z.record(z.string(), z.unknown());
const metadataSchema = z.object({
  formatVersion: z.literal(FORMAT_VERSION),
  identity: z.object({
    variant: z.string(),
    config: record,
    dataset: z.string(),
    dataFingerprint: z.string(),
    seed: z.number(),
    batchSize: z.number(),
    kimg: z.number(),
    engine: z.object({
      engine: z.string(),
      versions: z.record(z.string(), z.string()),
      threads: z.number(),
      choices: z.record(z.string(), z.string()),
    }),
  }),
  counters: z.object({
    round: count,
    plays: counts,
    updates: counts,
    averagedAt: counts,
    position: count,
    images: count,
    gradientEvaluations: count,
    seconds: count,
  }),
  /** Sums of terms since the last log, by phase. */
  meters: z.record(
    z.string(),
    z.object({ plays: count, sums: z.array(z.union([z.number(), z.enum(["NaN", "Infinity", "-Infinity"])])) }),
  ),
});
type Metadata = z.infer<typeof metadataSchema>;

export interface Checkpoint {
  readonly identity: Identity;
  readonly counters: Counters;
  /** Flat vectors by state entry. */
  readonly state: Readonly<Record<string, Float32Array>>;
  /** Puts back pools, latest batches and sums of terms. */
  applyTo(table: Table): void;
}

export interface CheckpointParts {
  readonly identity: Identity;
  readonly game: Game;
  readonly counters: Counters;
  readonly state: Readonly<Record<string, Float32Array>>;
  readonly table: Table;
}

/** A safetensors file: each part of each state entry is a tensor `<entry>/<part>`. */
export function encodeCheckpoint({ identity, game, counters, state, table }: CheckpointParts): Uint8Array {
  const tensors: HostTensors = {};
  for (const [entry, packing] of Object.entries(game.stateSpec)) splitParts(entry, packing, state[entry], tensors);
  for (const [name, values] of Object.entries(table.emitted)) tensors[emittedName(name)] = float32([values.length], values);
  const meters: Metadata["meters"] = {};
  for (const { plan, inputs, meter } of table.players) {
    const { plays, sums } = meter.save();
    meters[plan.phase.name] = { plays, sums: sums.map(toLogged) };
    for (const [draw, pool] of Object.entries(inputs.pools)) {
      const values = pool.stored();
      tensors[poolName(plan.phase.name, draw)] = float32([values.length], values);
    }
  }
  const metadata: Metadata = { formatVersion: FORMAT_VERSION, identity, counters, meters };
  return writeSafetensors({ tensors, metadata: { [METADATA]: JSON.stringify(metadata) } });
}

/**
 * Reads a checkpoint of this game.
 * @throws GanError BAD_CHECKPOINT when the file is damaged, is no checkpoint of a run, or belongs to another variant or config
 */
export function decodeCheckpoint(bytes: Uint8Array, file: string, { game, identity }: { game: Game; identity: Identity }): Checkpoint {
  const { tensors, metadata } = readSafetensors(bytes, file);
  const saved = parseMetadata(metadata[METADATA], file);
  const foreign = differences(weightsOf(saved.identity), weightsOf(identity));
  if (foreign.length > 0)
    throw badCheckpoint(file, `it belongs to another run: ${foreign.join(", ")}`, "give the run that wrote it");
  const state: Record<string, Float32Array> = {};
  for (const [entry, packing] of Object.entries(game.stateSpec)) state[entry] = joinParts(entry, packing, { tensors, file });
  return {
    identity: saved.identity,
    counters: saved.counters,
    state,
    applyTo(table) {
      for (const name of Object.keys(table.emitted))
        table.emitted[name].set(vector(tensors, emittedName(name), { file, size: table.emitted[name].length }));
      for (const { plan, inputs, meter } of table.players) {
        const { name } = plan.phase;
        const sums = saved.meters[name];
        if (sums?.sums.length !== meter.names.length)
          throw badCheckpoint(file, `the sums of the terms of phase "${name}" are missing`, "use an older checkpoint");
        meter.load({ plays: sums.plays, sums: sums.sums.map(fromLogged) });
        for (const [draw, pool] of Object.entries(inputs.pools))
          pool.restore(vector(tensors, poolName(name, draw), { file, size: undefined }));
      }
    },
  };
}

/**
 * The checkpoint of another run of the same variant as one of `run`: weights, moments, pools and progress stay as they are,
 * settings, seed and budget are the new run's. For population based training, where the worse take over from the better.
 * @throws GanError BAD_CHECKPOINT when the file is damaged, or is of another variant or data set
 */
export function readoptCheckpoint(bytes: Uint8Array, file: string, run: RunSpec, engine: EngineInfo): Uint8Array {
  const { tensors, metadata } = readSafetensors(bytes, file);
  const saved = parseMetadata(metadata[METADATA], file);
  const identity = identityOf(run, engine);
  const kind = ({ variant, dataset, dataFingerprint }: Pick<Identity, "variant" | "dataset" | "dataFingerprint">) => ({
    variant,
    dataset,
    dataFingerprint,
  });
  const foreign = differences(kind(saved.identity), kind(identity));
  if (foreign.length > 0)
    throw badCheckpoint(file, `its weights are for another game: ${foreign.join(", ")}`, "copy within one variant and data set");
  return writeSafetensors({ tensors, metadata: { [METADATA]: JSON.stringify({ ...saved, identity }) } });
}

/** What differs between a checkpoint and the run that wants to go on from it; "seed: 0 in the checkpoint, 1 now". */
export const resumeDifferences = (saved: Identity, current: Identity): string[] => differences(saved, current);

const weightsOf = ({ variant, config }: Identity): Pick<Identity, "variant" | "config"> => ({ variant, config });

function differences(saved: unknown, current: unknown, path = ""): string[] {
  if (isRecord(saved) && isRecord(current))
    return [...new Set([...Object.keys(saved), ...Object.keys(current)])].flatMap((key) =>
      differences(saved[key], current[key], path === "" ? key : `${path}.${key}`),
    );
  const [was, is] = [saved, current].map((value) => JSON.stringify(value) ?? "absent");
  return was === is ? [] : [`${path} was ${was} and is ${is} now`];
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const emittedName = (name: string): string => `arena/emitted/${name}`;
const poolName = (phase: string, draw: string): string => `arena/pool/${phase}/${draw}`;

function parseMetadata(text: string | undefined, file: string): Metadata {
  const advice = "give a file that `gan-arena train` wrote";
  if (text === undefined) throw badCheckpoint(file, "it is a safetensors file, but no checkpoint of a run", advice);
  let description: unknown;
  try {
    description = JSON.parse(text);
  } catch (error) {
    throw badCheckpoint(file, "its description is not JSON", advice, error);
  }
  const version = isRecord(description) ? description["formatVersion"] : undefined;
  if (version !== FORMAT_VERSION)
    throw badCheckpoint(
      file,
      `its format must be version ${FORMAT_VERSION}, got ${JSON.stringify(version) ?? "none"}`,
      "use the version of gan-arena that wrote it",
    );
  const parsed = metadataSchema.safeParse(description);
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0];
    throw badCheckpoint(file, `its description is wrong at ${path.join(".")}: ${message}`, advice, parsed.error);
  }
  return parsed.data;
}

function splitParts(entry: string, packing: Packing, flat: Float32Array, into: HostTensors): void {
  let offset = 0;
  for (const part of packing.parts) {
    const size = sizeOf(part.shape);
    into[`${entry}/${part.name}`] = float32(part.shape, flat.subarray(offset, offset + size));
    offset += size;
  }
}

function joinParts(entry: string, packing: Packing, source: { readonly tensors: HostTensors; readonly file: string }): Float32Array {
  const flat = new Float32Array(packing.parts.reduce((total, part) => total + sizeOf(part.shape), 0));
  let offset = 0;
  for (const part of packing.parts) {
    const name = `${entry}/${part.name}`;
    const shape = source.tensors[name]?.shape;
    if (shape && formatShape(shape) !== formatShape(part.shape))
      throw badCheckpoint(
        source.file,
        `tensor "${name}" must be ${formatShape(part.shape)}, got ${formatShape(shape)}`,
        "the variant's networks have changed since; use the version that wrote it",
      );
    flat.set(vector(source.tensors, name, { file: source.file, size: sizeOf(part.shape) }), offset);
    offset += sizeOf(part.shape);
  }
  return flat;
}

/** @param options.size undefined = any */
function vector(tensors: HostTensors, name: string, { file, size }: { readonly file: string; readonly size: number | undefined }): Float32Array {
  const found = tensors[name];
  const advice = "the variant has changed since; use the version that wrote it";
  if (!found) throw badCheckpoint(file, `tensor "${name}" is missing`, advice);
  if (!(found.data instanceof Float32Array) || (size !== undefined && found.data.length !== size))
    throw badCheckpoint(file, `tensor "${name}" must hold ${size ?? "any number of"} float32 values, got ${found.dtype} ${formatShape(found.shape)}`, advice);
  return found.data;
}
