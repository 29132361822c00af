/** @file `check-variant`: the conformance suite on anybody's variant, as a list that teaches. */
import { readAssignment } from "../config/assignment.js";
import { defineCommand } from "../command.js";
import { flag, repeated, text } from "../options.js";
import { engineChoice, THREADS } from "../runs/training-options.js";

const MARKS = { passed: "✓", failed: "✗", skipped: "-" } as const;

export const checkVariant = defineCommand({
  name: "check-variant",
  summary: "Check a variant against the rules that all variants keep",
  positionals: [{ name: "variant", describe: "path or package of a plugin, or name of a variant" }],
  options: {
    set: repeated("setting as path=value; networks are made small otherwise", { alias: "s" }),
    quick: flag("leave out the checks that train for minutes"),
    engine: text("auto for the best one present, onnx, cpu, … (default: auto)"),
    threads: THREADS,
  },
  examples: [["check-variant ./my-gan", "a plugin that is being written"]],
  async run({ positionals, options }, context) {
    const { checkPlugin } = await import("../kit/check-plugin.js");
    const { painter } = await import("../terminal/style.js");
    const paint = painter(context.output.colour);
    const colours = { passed: "green", failed: "red", skipped: "dim" } as const;
    const reports = await checkPlugin(context, {
      target: positionals["variant"] ?? "",
      set: options.set.map((word) => readAssignment(word, "--set")),
      engine: engineChoice(options, options.threads ?? 1, context.config.values),
      quick: options.quick,
      onBegin: (variant, { data, settings }) =>
        context.output.note(`${variant}, on ${data}${settings ? `, with ${settings}` : ""}`),
      onResult: ({ name, proves, status, milliseconds, message }) => {
        const mark = paint(colours[status], MARKS[status]);
        const time = `${(milliseconds / 1000).toFixed(1)} s`.padStart(7);
        context.output.note(`  ${mark} ${name.padEnd(26)}${time}  ${message ?? proves}`);
      },
    });
    const failed = reports.flatMap(({ variant, checks }) =>
      checks.filter(({ status }) => status === "failed").map(({ name }) => `${variant}: ${name}`),
    );
    const document = reports.map(({ checks, ...report }) => ({
      ...report,
      checks: checks.map(({ name, proves, status, milliseconds, message }) => ({
        name,
        proves,
        status,
        milliseconds,
        ...(message === undefined ? {} : { message }),
      })),
    }));
    const text =
      failed.length === 0
        ? `${reports.map(({ variant }) => variant).join(", ")}: all checks passed.`
        : `${failed.length} failed: ${failed.join(", ")}`;
    return { document, text, exitCode: failed.length === 0 ? 0 : 1 };
  },
});
