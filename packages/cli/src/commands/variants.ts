/** @file `variants list` and `variants show`: what can be trained, and with which settings. */
import { allOf, named, VARIANT, type AnyVariant } from "@gan-arena/core/base";
import { defineCommand } from "../command.js";
import { table } from "../terminal/table.js";

const listing = () => import("../listing.js");

const documentOf = async (variant: AnyVariant) => ({
  name: variant.name,
  paper: variant.paper,
  deviations: variant.deviations,
  config: (await listing()).settingsDocument(variant.config),
  searchSpace: variant.searchSpace,
});

export const variantsList = defineCommand({
  name: "variants list",
  groupDefault: true,
  summary: "List the GAN variants",
  positionals: [],
  options: {},
  async run(_input, context) {
    const { citeShort } = await listing();
    const variants = allOf(await context.compose(["variants"]), VARIANT);
    const text = table(
      [
        { title: "variant", cell: ({ name }) => name },
        { title: "paper", cell: ({ paper }) => paper.title },
        { title: "", cell: ({ paper }) => citeShort(paper) },
      ],
      variants,
    );
    return {
      document: await Promise.all(variants.map(documentOf)),
      text: `${text}\n\nSettings of one: gan-arena variants show <name>`,
    };
  },
});

export const variantsShow = defineCommand({
  name: "variants show",
  summary: "Show a variant's paper, its departures from it, and its settings",
  positionals: [{ name: "variant", describe: "name of a variant" }],
  options: {},
  examples: [["variants show dcgan", "what --set can change"]],
  async run({ positionals }, context) {
    const variant = named(await context.compose(["variants"]), VARIANT, positionals["variant"] ?? "", "variant");
    const { citeShort, settingsTable } = await listing();
    const { paper, deviations } = variant;
    const departures = deviations.length > 0 ? deviations.map((line) => `  - ${line}`) : ["  (none)"];
    const text = [
      `${variant.name}: ${paper.title}`,
      citeShort(paper),
      "",
      "Departures from the paper:",
      ...departures,
      "",
      "Settings (--set path=value):",
      settingsTable(variant.config),
    ];
    return { document: await documentOf(variant), text: text.join("\n") };
  },
});
