/** @file `report`: makes a comparison's report anew from its runs. */
import { defineCommand } from "../command.js";

export const report = defineCommand({
  name: "report",
  summary: "Write a comparison's report and picture again, from its runs as they are now",
  positionals: [{ name: "comparison", describe: "name of a comparison, or the start of it" }],
  options: {},
  async run({ positionals }, context) {
    const { ComparisonStore, RunStore } = await import("@gan-arena/tracking");
    const stores = { runs: RunStore.open(context.home), comparisons: ComparisonStore.open(context.home) };
    const { spec } = stores.comparisons.get(positionals["comparison"] ?? "");
    const { conclude } = await import("../compare/conclude.js");
    const { conclusionText } = await import("../compare/run-comparison.js");
    const { documentOf } = await import("../compare/document.js");
    const conclusion = await conclude(context, spec, stores);
    return { document: documentOf(conclusion), text: conclusionText(conclusion, { context, interrupted: false }) };
  },
});
