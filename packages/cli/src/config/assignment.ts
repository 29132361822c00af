/** @file One `--set path=value`, before it is known what it is for. Loads nothing, for the command line. */
import { badConfig } from "@gan-arena/core/base";

export interface Assignment {
  /** Set when the assignment is meant for one variant only: `dcgan:zDim=64`. */
  readonly target?: string;
  readonly path: string;
  readonly text: string;
}

/** @throws GanError BAD_CONFIG when there is no `=` or nothing before it */
export function readAssignment(word: string, option: string): Assignment {
  const split = /^(?:([\w.-]+):)?([^=:]+)=(.*)$/su.exec(word);
  if (!split) throw badConfig(option, `expected path=value, got "${word}"; write for example ${option} zDim=64`);
  const [, target, path = "", text = ""] = split;
  return { ...(target ? { target } : {}), path: path.trim(), text };
}

/** The number that the text writes, else the text. JSON has no ".5", "1." and "+1"; people do. */
export const asNumber = (text: string): number | string =>
  /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/iu.test(text.trim()) ? Number(text) : text;
