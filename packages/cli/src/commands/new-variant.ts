/** @file `new-variant`: a package that trains at once, to be changed step by step. */
import { existsSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { allOf, badConfig, VARIANT } from "@gan-arena/core/base";
import { defineCommand } from "../command.js";
import { makeFolder } from "../folders.js";
import { text } from "../options.js";

export const newVariant = defineCommand({
  name: "new-variant",
  summary: "Write a package with a variant of your own that trains at once",
  positionals: [{ name: "name", describe: "lower-case words joined by hyphens" }],
  options: { dir: text("folder to make (default: ./<name>)") },
  examples: [["new-variant my-gan", "then: gan-arena train my-gan --dataset ring --plugin ./my-gan"]],
  async run({ positionals, options }, context) {
    const name = positionals["name"] ?? "";
    if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/u.test(name))
      throw badConfig(
        "new-variant",
        `the name must be lower-case words joined by hyphens, got "${name}"; for example my-gan`,
      );
    const known = allOf(await context.compose(["variants"]), VARIANT).map((variant) => variant.name);
    if (known.includes(name)) throw badConfig("new-variant", `the name "${name}" is taken; choose another one`);
    const directory = resolve(options.dir ?? name);
    if (existsSync(directory)) throw badConfig("new-variant", `${directory} is there already; choose another --dir`);
    const { filesOf } = await import("../kit/template.js");
    makeFolder(directory);
    const files = filesOf(name);
    for (const [file, content] of Object.entries(files)) writeFileSync(join(directory, file), content, { flag: "wx" });
    const place = options.dir ?? `./${name}`;
    return {
      document: { variant: name, directory, files: Object.keys(files).sort() },
      text: [
        `${directory}: ${Object.keys(files).sort().join(", ")}`,
        "",
        "In a project where gan-arena is installed:",
        `  gan-arena train ${name} --dataset ring --plugin ${place}`,
        `  gan-arena check-variant ${place}`,
      ].join("\n"),
    };
  },
});
