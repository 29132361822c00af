/** @file Typed ways to write a variant down. They check what can be checked without data. */
import type { ZodType } from "zod";
import type {
  BoundNetworks,
  Constraint,
  Draw,
  GanVariant,
  MemoryCell,
  Phase,
  PhaseResult,
  SearchRange,
  Translates,
  View,
} from "../contracts/variant.js";
import { badPlugin } from "../errors.js";
import type { Tensor } from "../tensor/tf.js";

interface PhaseDefinition<
  D extends Record<string, Draw>,
  M extends Record<string, number>,
  R extends Record<string, MemoryCell>,
> {
  readonly name: string;
  readonly updates: readonly string[];
  readonly repeat?: Phase["repeat"];
  readonly every?: number;
  readonly draws: D;
  readonly memory?: M;
  readonly reads?: R;
  loss(
    nets: BoundNetworks,
    inputs: { readonly [K in keyof D]: Tensor },
    memory: { readonly [K in keyof M | keyof R]: Tensor },
  ): PhaseResult;
  readonly constrain?: Constraint;
}

/** A phase whose `loss` sees exactly what it draws. @throws GanError BAD_PLUGIN */
export function phase<
  D extends Record<string, Draw>,
  M extends Record<string, number> = Record<string, number>,
  // Without `reads` the loss knows no names but those of `memory`.
  // oxlint-disable-next-line typescript/no-generated-empty-object-type
  R extends Record<string, MemoryCell> = Record<never, MemoryCell>,
>(definition: PhaseDefinition<D, M, R>): Phase {
  const { name, updates, repeat = 1, every = 1 } = definition;
  if (updates.length === 0)
    throw badPlugin(name, "a phase must update at least one network, got updates: []; name the networks it moves");
  for (const [what, count] of [
    ["repeat", typeof repeat === "function" ? repeat(0) : repeat],
    ["every", every],
  ] as const)
    if (!Number.isInteger(count) || count < 1)
      throw badPlugin(name, `${what} must be a whole number from 1 on, got ${count}; leave it out for 1`);
  return definition;
}

/** A view whose `render` sees exactly what it draws. */
export const view = <D extends Record<string, Draw>>(definition: {
  readonly name: string;
  readonly draws: D;
  readonly translates?: Translates;
  readonly pictured?: boolean;
  readonly columns?: number;
  render(nets: BoundNetworks, inputs: { readonly [K in keyof D]: Tensor }): Tensor;
}): View => definition;

/** A variant, with the type of its config inferred from the schema. @throws GanError BAD_PLUGIN */
export function defineVariant<C>(
  variant: Omit<GanVariant<C>, "config"> & { readonly config: ZodType<C> },
): GanVariant<C> {
  if (!/^[a-z][a-z0-9-]*$/.test(variant.name))
    throw badPlugin(
      "defineVariant",
      `a variant's name must be lower-case words joined by hyphens, got "${variant.name}"; rename it`,
    );
  return variant;
}

export const logUniform = (min: number, max: number): SearchRange => ({ kind: "logUniform", min, max });
export const uniformRange = (min: number, max: number): SearchRange => ({ kind: "uniform", min, max });
export const intUniform = (min: number, max: number): SearchRange => ({ kind: "intUniform", min, max });
export const choice = (...values: readonly (string | number | boolean)[]): SearchRange => ({ kind: "choice", values });
