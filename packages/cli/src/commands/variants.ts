/** @file `variants list` and `variants show`: what can be trained, and with which settings. */
import { allOf, DATASET, named, VARIANT, type AnyVariant } from "@gan-arena/core/base";
import { readAssignment } from "../config/assignment.js";
import { defineCommand } from "../command.js";
import type { Context } from "../context.js";
import { failureOf } from "../failure.js";
import type { DrawnGame } from "../kit/draw-game.js";
import { repeated, text as textOption } from "../options.js";
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
  summary: "Show a variant's paper, its departures from it, its settings, and the game that it plays",
  positionals: [{ name: "variant", describe: "name of a variant" }],
  options: {
    set: repeated("setting as path=value, for the networks that are shown", { alias: "s" }),
    dataset: textOption("data set to draw the game for (default: a made-up one that fits)", { alias: "d" }),
  },
  examples: [["variants show dcgan", "what --set can change"]],
  async run({ positionals, options }, context) {
    const variant = named(await context.compose(["variants"]), VARIANT, positionals["variant"] ?? "", "variant");
    const { citeShort, settingsTable } = await listing();
    const game = await gameOf(variant, options, context);
    const { gameText } = await import("../kit/draw-game.js");
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
      "",
      "networks" in game ? gameText(game) : `The game cannot be drawn: ${game.problem}`,
    ];
    return { document: { ...(await documentOf(variant)), game }, text: text.join("\n") };
  },
});

interface GameRequest {
  readonly set: readonly string[];
  readonly dataset: string | undefined;
}

/** What the user got wrong is thrown; what the variant's author did is told, since the rest is worth showing. */
async function gameOf(
  variant: AnyVariant,
  { set, dataset: name }: GameRequest,
  context: Context,
): Promise<DrawnGame | { readonly problem: string }> {
  const { assignAll } = await import("../config/assignments.js");
  const config = assignAll(
    variant.config,
    set.map((word) => readAssignment(word, "--set")),
    "--set",
  ) as unknown;
  const container = await context.compose(["datasets", "engines"]);
  const dataset = name === undefined ? undefined : named(container, DATASET, name, "data set");
  const { home, output } = context;
  const note = (line: string): void => output.note(line);
  const opened = await dataset?.open(dataset.config.parse({}), { home, note });
  const { makeEngine } = await import("../runs/engine.js");
  const engine = await makeEngine(container, { engine: "auto", threads: 1 });
  try {
    const { dataFor } = await import("@gan-arena/core/testing");
    const { drawGame } = await import("../kit/draw-game.js");
    const data = (opened?.train ?? dataFor(variant, config)).spec;
    return await drawGame(variant, { config, data, engine });
  } catch (thrown) {
    return { problem: failureOf(thrown).message };
  } finally {
    await engine.dispose();
  }
}
