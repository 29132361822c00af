/** @file Where the time of a program goes, from the profile that ONNX Runtime writes: a trace event for each run of a node. */
import { readFile } from "node:fs/promises";

export interface Share {
  /** An op, or an op with the shapes of what goes in and comes out. */
  readonly label: string;
  /** Milliseconds of one run of the program. */
  readonly ms: number;
  /** In one run of the program. */
  readonly count: number;
}

export interface ProgramProfile {
  readonly program: string;
  /** Runs that were counted. */
  readonly runs: number;
  /** Milliseconds of one run, of which some are spent between nodes. */
  readonly ms: number;
  readonly nodes: number;
  /** The most expensive first. */
  readonly ops: readonly Share[];
  readonly shapes: readonly Share[];
  /** Floating-point operations of its products and convolutions in one run. */
  readonly work: number;
}

interface TraceEvent {
  readonly cat: string;
  readonly name: string;
  /** Microseconds. */
  readonly ts: number;
  readonly dur: number;
  readonly args?: {
    readonly op_name?: string;
    readonly input_type_shape?: readonly TypedShape[];
    readonly output_type_shape?: readonly TypedShape[];
  };
}
type TypedShape = Readonly<Record<string, readonly number[]>>;

interface ProfileOptions {
  readonly program: string;
  readonly work: number;
  /** Share of the runs, the first ones, that were played to get warm; 0 to 1. */
  readonly skip: number;
}

export async function readProfile(file: string, { program, work, skip }: ProfileOptions): Promise<ProgramProfile> {
  const events = JSON.parse(await readFile(file, "utf8")) as TraceEvent[];
  const all = events.filter(({ name }) => name === "model_run").sort((a, b) => a.ts - b.ts);
  const runs = all.slice(Math.round(all.length * skip));
  const from = runs[0]?.ts ?? Infinity;
  const nodes = events.filter(({ cat, name, ts }) => cat === "Node" && name.endsWith("_kernel_time") && ts >= from);
  const sums = (labelOf: (event: TraceEvent) => string): Share[] => {
    const groups = new Map<string, { us: number; times: number }>();
    for (const event of nodes) {
      const label = labelOf(event);
      const { us, times } = groups.get(label) ?? { us: 0, times: 0 };
      groups.set(label, { us: us + event.dur, times: times + 1 });
    }
    return [...groups]
      .map(([label, { us, times }]) => ({ label, ms: us / 1000 / runs.length, count: times / runs.length }))
      .sort((a, b) => b.ms - a.ms);
  };
  const opOf = ({ args }: TraceEvent): string => args?.op_name ?? "unknown";
  return {
    program,
    runs: runs.length,
    ms: runs.reduce((sum, { dur }) => sum + dur, 0) / 1000 / runs.length,
    nodes: Math.round(nodes.length / runs.length),
    ops: sums(opOf),
    shapes: sums((event) => `${opOf(event)}  ${shapesOf(event, "input")} -> ${shapesOf(event, "output")}`),
    work,
  };
}

/** `[{"float":[64,1]}]` as `64x1`. */
const shapesOf = ({ args }: TraceEvent, side: "input" | "output"): string =>
  (args?.[`${side}_type_shape`] ?? [])
    .map((typed) =>
      Object.values(typed)
        .map((shape) => shape.join("x") || "scalar")
        .join(""),
    )
    .join(", ");
