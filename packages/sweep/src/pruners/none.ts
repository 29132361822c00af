/** @file No pruning: every trial runs to its end. */
import type { Pruner } from "../contracts.js";
import { strict } from "../space/schema.js";
import { definePlugin } from "../study/plugins.js";

export const none = definePlugin({
  name: "none",
  summary: "every trial runs to its end",
  options: strict({}),
  create: (): Pruner => ({ name: "none", open: () => ({ report: () => ({ action: "continue" }) }) }),
});
