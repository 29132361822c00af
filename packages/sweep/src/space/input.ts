/** @file What the ask/tell API takes as a space: the `parameters` block of a sweep file, or a space that was read before. */
import { badConfig } from "@gan-arena/core/base";
import type { Space } from "../contracts.js";
import { readParameters } from "./read.js";
import type { Definitions } from "./schema.js";

export type SpaceInput = Space | Definitions;

/** @throws GanError BAD_CONFIG with the path of the first thing wrong */
export function readSpace(input: SpaceInput): Space {
  if (isSpace(input)) return input;
  const { space, problems } = readParameters(input);
  const [problem] = problems;
  if (problem) throw badConfig(["space", ...problem.path].join("."), problem.message);
  return space;
}

const isSpace = (input: SpaceInput): input is Space => {
  const parameters = (input as Partial<Space> | null | undefined)?.parameters;
  return Array.isArray(parameters);
};
