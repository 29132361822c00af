/** @file `datasets`: what can be trained on. */
import { allOf, DATASET } from "@gan-arena/core/base";
import { defineCommand } from "../command.js";

export const datasets = defineCommand({
  name: "datasets",
  summary: "List the data sets and their settings",
  positionals: [],
  options: {},
  async run(_input, context) {
    const { settingsDocument, settingsTable } = await import("../listing.js");
    const all = allOf(await context.compose(["datasets"]), DATASET);
    const text = all.map((dataset) =>
      [
        `${dataset.name} (${dataset.kind}): ${dataset.summary}; licence: ${dataset.licence}`,
        settingsTable(dataset.config),
      ].join("\n"),
    );
    const document = all.map(({ name, summary, licence, kind, config }) => ({
      name,
      summary,
      licence,
      kind,
      config: settingsDocument(config),
    }));
    return { document, text: [...text, "Settings are given with --data key=value."].join("\n\n") };
  },
});
