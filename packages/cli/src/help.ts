/** @file One line of help for an option: what it does and what it takes. */
import { expectation } from "./config/field.js";
import type { OptionSpec } from "./options.js";

/** "budget in thousand real images [number > 0]" */
export function describeOption({ form, describe, bounds }: OptionSpec): string {
  if (form === "list" || form === "numbers") return `${describe} [a,b,…]`;
  return bounds ? `${describe} [${expectation({ path: "", ...bounds }).replace(/^an? /u, "")}]` : describe;
}
