/** @file `cite`: whose method a variant is, for a bibliography. */
import { named, VARIANT } from "@gan-arena/core/base";
import { defineCommand } from "../command.js";

export const cite = defineCommand({
  name: "cite",
  summary: "Print the paper of a variant as BibTeX",
  positionals: [{ name: "variant", describe: "name of a variant" }],
  options: {},
  examples: [["cite wgan-gp", "for a bibliography"]],
  async run({ positionals }, context) {
    const { name, paper } = named(
      await context.compose(["variants"]),
      VARIANT,
      positionals["variant"] ?? "",
      "variant",
    );
    const { bibtexOf } = await import("../kit/bibtex.js");
    const bibtex = bibtexOf(paper);
    return { document: { variant: name, paper, bibtex }, text: bibtex };
  },
});
