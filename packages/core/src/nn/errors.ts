/** @file The messages of networks and layers, one function each. */
import { badPlugin, formatShape, GanError, nearestName, shapeMismatch } from "../errors.js";

export const parameterReshaped = (
  path: string,
  kind: string,
  before: readonly number[],
  now: readonly number[],
): GanError =>
  shapeMismatch(
    path,
    `this ${kind}`,
    `${formatShape(before)} as when it was made`,
    now,
    "call the network with inputs of one size, or count inputs of other sizes as another network",
  );

export function parameterMissing(path: string, kind: string, known: readonly string[]): GanError {
  const name = path.slice(path.indexOf("/") + 1);
  const near = nearestName(name, known);
  const hint = near === undefined ? "" : `; did you mean "${near}"?`;
  return badPlugin(
    path,
    `a ${kind} was expected that the network made when it was first run, got none of that name${hint}; make the same parameters in every call, whatever the inputs and whether nn.training or not`,
  );
}

export const nameTaken = (path: string): GanError =>
  badPlugin(
    path,
    "a name must be used once in each call of a network, got it twice; give one of the two another name, or take one from nn.unique()",
  );

export const badName = (path: string, name: string): GanError =>
  badPlugin(path, `a name must be letters, digits, "_", "-" or ".", got "${name}"; rename it`);

export const stateReshaped = (path: string, shape: readonly number[], got: readonly number[]): GanError =>
  shapeMismatch(path, "the value written to this state", formatShape(shape), got, "write a value of the state's shape");

export const badInitializer = (path: string, size: number, got: number): GanError =>
  badPlugin(path, `its initializer must return ${size} values, got ${got}; return one for each element of the shape`);

export const valueCount = (network: string, what: string, expected: number, got: number): GanError =>
  new GanError(
    "INTERNAL",
    `[${network}] ${expected} ${what} were expected, got ${got}; give one tensor for each part of the layout`,
  );

/** @param rank for example "4, [N,H,W,C]" */
export const badRank = (path: string, rank: string, got: readonly number[]): GanError =>
  shapeMismatch(path, "the input", `of rank ${rank}`, got, "reshape it first");

export const badLayerOption = (path: string, problem: string): GanError => badPlugin(path, problem);

/** @param output what the network returned instead of a tensor */
export const noOutput = (network: string, output: unknown): GanError =>
  badPlugin(
    network,
    `the network must return a tensor, got ${output === null ? "null" : typeof output}; return what the last op returns: scores [N,1] for a critic, samples like x for a generator`,
  );

/** @param shapes of the inputs */
export const networkThrew = (
  network: string,
  shapes: readonly (readonly number[] | undefined)[],
  cause: unknown,
): GanError =>
  badPlugin(
    network,
    `the network, called with ${shapes.map((shape) => (shape ? formatShape(shape) : "nothing")).join(" and ")}, threw: ${(cause instanceof Error ? cause.message : String(cause)).trim()}; make the shapes inside fit this input`,
    cause,
  );
