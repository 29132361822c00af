/** @file A YAML or JSON text as a value whose parts know their line and column. */
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, type Document, type Node, type Pair } from "yaml";
import type { Path, Problem } from "../space/schema.js";

/** Something wrong, with its place in the file, counted from 1. */
export interface PlacedProblem extends Problem {
  readonly line: number;
  readonly column: number;
}

export interface ReadDocument {
  readonly value: unknown;
  /** Wrong already as YAML: then there is no value. */
  readonly problems: readonly PlacedProblem[];
  locate(problem: Problem): PlacedProblem;
  /** True for a number that was written with a point or an exponent. */
  isFraction(path: Path): boolean;
}

/** Longer texts are no sweeps. */
const MAX_LENGTH = 4 * 2 ** 20;
/** Deeper ones would exhaust the stack of whoever walks them. */
const MAX_DEPTH = 200;

/** Never throws. */
export function readDocument(text: string): ReadDocument {
  if (text.length > MAX_LENGTH)
    return refused(`a sweep file has at most 4 MiB, got ${text.length} characters; shorten it`);
  const deep = nestingBeyond(text, MAX_DEPTH);
  if (deep !== undefined) return refused(`at most ${MAX_DEPTH} levels can be nested, got more; flatten it`, deep);
  const lines = new LineCounter();
  try {
    const document = parseDocument(text, { lineCounter: lines, merge: true, prettyErrors: false, logLevel: "silent" });
    const place = (offset: number) => {
      const { line, col } = lines.linePos(offset);
      return { line: Math.max(1, line), column: Math.max(1, col) };
    };
    const [error] = document.errors;
    if (error) {
      const problem = `${lowerFirst(error.message.split("\n")[0])}; mend the YAML`;
      return { ...nothing, problems: [{ path: [], message: problem, ...place(error.pos[0]) }] };
    }
    const value: unknown = document.toJS({ maxAliasCount: 100 });
    return {
      value,
      problems: [],
      locate: (problem) => ({ ...problem, ...place(offsetOf(document, problem)) }),
      isFraction: (path) => {
        const node = walk(document, path).node;
        return isScalar(node) && typeof node.value === "number" && /[.eE]/u.test(node.source ?? "");
      },
    };
  } catch (error) {
    // Aliases without an end, or something that the parser does not foresee.
    const reason = error instanceof Error ? lowerFirst(error.message.split("\n")[0]) : String(error);
    return refused(`it cannot be read as YAML: ${reason}; mend it`);
  }
}

const nothing: Omit<ReadDocument, "problems"> = {
  value: undefined,
  locate: (problem) => ({ ...problem, line: 1, column: 1 }),
  isFraction: () => false,
};

const refused = (message: string, place = { line: 1, column: 1 }): ReadDocument => ({
  ...nothing,
  problems: [{ path: [], message, ...place }],
});

/** Where brackets or indentation nest deeper than `limit`; counts generously and before anything recurses. */
function nestingBeyond(text: string, limit: number): { line: number; column: number } | undefined {
  let line = 1;
  let brackets = 0;
  for (const content of text.split("\n")) {
    if (/^[\w"']/u.test(content)) brackets = 0; // a key of the root: what is open is a bracket in a text
    let depth = brackets;
    let column = 0;
    for (const character of content) {
      column++;
      const bracket = Number("[{".includes(character)) - Number("]}".includes(character));
      brackets = Math.max(0, brackets + bracket);
      if (bracket !== 0) depth += bracket;
      // "- - - -" and "? ? ?" open a level each; an indentation of 1 opens a level a line.
      else if ("-?".includes(character) && content[column] === " ") depth++;
      if (depth > limit) return { line, column };
    }
    const indent = content.length - content.trimStart().length;
    if (indent > 2 * limit && content.trim() !== "") return { line, column: indent };
    line++;
  }
  return undefined;
}

interface Walked {
  /** The deepest node on the way. */
  readonly node: Node | null;
  readonly key?: Node | undefined;
}

function walk(document: Document, path: Path): Walked {
  let node: unknown = document.contents;
  let key: Node | undefined;
  for (const segment of path) {
    const at = isAlias(node) ? node.resolve(document) : node;
    const pair = isMap(at) ? at.items.find((item) => keyOf(item) === String(segment)) : undefined;
    const next = pair ? pair.value : isSeq(at) ? at.items[Number(segment)] : undefined;
    if (pair) key = pair.key as Node;
    if (next === undefined) break;
    if (next === null) break;
    node = next;
  }
  return { node: node as Node | null, key };
}

const keyOf = ({ key }: Pair): string => (isScalar(key) ? String(key.value) : String(key));

function offsetOf(document: Document, { path, atKey }: Problem): number {
  const { node, key } = walk(document, path);
  const place = atKey && key?.range ? key : node;
  return place?.range?.[0] ?? key?.range?.[0] ?? 0;
}

const lowerFirst = (sentence = ""): string => sentence.charAt(0).toLowerCase() + sentence.slice(1);
