/** @file `metrics`: how generators are judged. */
import { allOf, METRIC } from "@gan-arena/core/base";
import { defineCommand } from "../command.js";
import { table } from "../terminal/table.js";

export const metrics = defineCommand({
  name: "metrics",
  summary: "List the metrics and their protocols",
  positionals: [],
  options: {},
  async run(_input, context) {
    const all = allOf(await context.compose(["metrics"]), METRIC);
    const text = table(
      [
        { title: "metric", cell: ({ name }) => name },
        { title: "better", cell: ({ better }) => better },
        { title: "meaning", cell: ({ summary }) => summary },
      ],
      all,
    );
    return { document: all.map(({ name, protocol, summary, better }) => ({ name, protocol, summary, better })), text };
  },
});
