/**
 * @file Turns a `parameters` block into a space: distributions by name or by what is given, nested paths, conditions.
 *
 * Names and defaults are those that users of W&B know; `step`, `log`, `int` and `when` are added.
 */
import type { Condition, Distribution, Parameter, Space } from "../contracts.js";
import { readDistribution } from "./read-distribution.js";
import {
  check,
  parametersSchema,
  type Definition,
  type Definitions,
  type Path,
  type Problem,
  type Scalar,
} from "./schema.js";
import { arrange } from "./arrange.js";

/** A `parameters` block, or a piece of one. */
export interface Block {
  /** Checked already, see {@link check}. */
  readonly definitions: Definitions;
  /** Where the block is in its document. */
  readonly path: Path;
  /** Conditions of all its parameters. */
  readonly when?: readonly Condition[];
}

export interface ReadOptions {
  /** True for a number that was written as a fraction, `1.0`: such bounds make no whole numbers. */
  readonly isFraction?: (path: Path) => boolean;
}

export interface ReadSpace {
  readonly space: Space;
  readonly problems: readonly Problem[];
  /** What is allowed and probably not meant. */
  readonly warnings: readonly Problem[];
  /** Where each parameter was written, by id. */
  readonly places: ReadonlyMap<string, Path>;
}

/** A parameter with the place it was written at. */
export interface Found extends Omit<Parameter, "id"> {
  readonly place: Path;
}

/** Reads blocks into one space. Never throws: what is wrong is listed. */
export function readBlocks(blocks: readonly Block[], options: ReadOptions = {}): ReadSpace {
  const reader = new Reader(options);
  for (const block of blocks)
    reader.block(block.definitions, { place: block.path, prefix: "", when: block.when ?? [] });
  const { space, problems, places } = arrange(reader.found);
  return { space, places, problems: [...reader.problems, ...problems], warnings: reader.warnings };
}

/** Reads one `parameters` block that may be anything. */
export function readParameters(value: unknown, options: ReadOptions = {}): ReadSpace {
  const checked = check(parametersSchema, value);
  if (!checked.value) return { space: { parameters: [] }, problems: checked.problems, warnings: [], places: new Map() };
  return readBlocks([{ definitions: checked.value, path: [] }], options);
}

interface Around {
  readonly place: Path;
  readonly prefix: string;
  readonly when: readonly Condition[];
}

const SEGMENT = /^[A-Za-z_][\w-]*$/u;
const FORBIDDEN = new Set(["__proto__", "constructor", "prototype"]);

class Reader {
  readonly found: Found[] = [];
  readonly problems: Problem[] = [];
  readonly warnings: Problem[] = [];

  constructor(private readonly options: ReadOptions) {}

  block(definitions: Definitions, around: Around): void {
    for (const [key, definition] of Object.entries(definitions)) {
      const place = [...around.place, key];
      const path = around.prefix + key;
      const bad = key.split(".").find((segment) => !SEGMENT.test(segment) || FORBIDDEN.has(segment));
      if (bad !== undefined)
        this.problems.push({
          path: place,
          atKey: true,
          message: `expected a path of names joined by dots, such as optimizer.D.lr, got ${JSON.stringify(key)}; rename it`,
        });
      else if (isScalar(definition))
        this.found.push({ path, place, when: around.when, distribution: { kind: "constant", value: definition } });
      else this.definition(definition, { ...around, place, prefix: path });
    }
  }

  private definition(definition: Definition, { place, prefix: path, when: outer }: Around): void {
    const when = [...outer, ...conditionsOf(definition)];
    if (definition.parameters !== undefined) {
      const { parameters, when: _, ...others } = definition;
      const other = Object.keys(others)[0];
      if (other !== undefined)
        this.problems.push({
          path: [...place, other],
          atKey: true,
          message: `a block with parameters may have when beside it, got ${other}; move it into one of its parameters`,
        });
      this.block(parameters, { place: [...place, "parameters"], prefix: `${path}.`, when });
      return;
    }
    const read = readDistribution(definition, (key) => this.options.isFraction?.([...place, key]) ?? false);
    this.problems.push(...read.problems.map((problem) => ({ ...problem, path: [...place, ...problem.path] })));
    this.warnings.push(...read.warnings.map((message) => ({ path: place, message: `${path}: ${message}` })));
    if (read.distribution)
      this.found.push({ path, place, when, distribution: read.distribution satisfies Distribution });
  }
}

const isScalar = (definition: Definition | Scalar): definition is Scalar =>
  definition === null || typeof definition !== "object";

const conditionsOf = ({ when }: Definition): Condition[] =>
  Object.entries(when ?? {}).map(([parent, values]) => ({ parent, values: [values].flat() as readonly Scalar[] }));
