/** @file Which networks of a variant judge. */
import type { GanVariant } from "../contracts/variant.js";

/** The critics that the variant names, else its networks whose names start with D. */
export const criticsOf = (variant: Pick<GanVariant, "critics">, networks: readonly string[]): readonly string[] =>
  variant.critics ?? networks.filter((name) => name.startsWith("D"));
