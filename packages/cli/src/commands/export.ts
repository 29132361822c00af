/** @file `export`: the generator as a standard ONNX file. */
import { unknownName, type Arena, type RunSpec } from "@gan-arena/core/base";
import { defineCommand } from "../command.js";
import { text } from "../options.js";
import { outputFile, writeOutput } from "../output-file.js";
import { formatBytes } from "../terminal/format.js";
import { version } from "../version.js";

export const exportGenerator = defineCommand({
  name: "export",
  summary: "Write the trained generator as a standard ONNX file",
  positionals: [{ name: "run", describe: "name of a run, or the start of it" }],
  options: {
    out: text("file to write (default: <run>.onnx here)", { alias: "o" }),
    view: text("what to export, when the variant has more than one view (default: its first)"),
  },
  examples: [["export 20261123-1405 --out G.onnx", "then: onnxruntime.InferenceSession('G.onnx') in Python"]],
  async run({ positionals, options }, context) {
    const { RunStore } = await import("@gan-arena/tracking");
    const run = RunStore.open(context.home, { readOnly: true }).get(positionals["run"] ?? "");
    const file = outputFile(options.out ?? `${run.id}.onnx`);
    const { reopenRun } = await import("../runs/prepare.js");
    const { restoreTrained, withArena } = await import("../runs/play.js");
    const prepared = await reopenRun(context, run.spec);
    const { bytes, batch, inputs, outputs } = await withArena(prepared, async (arena) => {
      await restoreTrained(arena, run, (note) => context.output.note(note));
      return exportView(arena, run.spec, options.view);
    });
    await writeOutput(file, bytes);
    const ports = (list: typeof inputs) => list.map(({ name, shape }) => `${name} [${shape.join(",")}]`).join(", ");
    return {
      document: { runId: run.id, file, bytes: bytes.length, batch, inputs, outputs },
      text: [
        `the generator of ${run.id}: ${file} (${formatBytes(bytes.length)})`,
        `  inputs:  ${ports(inputs)}`,
        `  outputs: ${ports(outputs)}`,
      ].join("\n"),
    };
  },
});

/** The view's function with the trained weights in it: averaged where there is an average, in evaluation mode. */
async function exportView(arena: Arena, spec: RunSpec, name: string | undefined) {
  const { viewProgram } = await import("@gan-arena/core");
  const { exportOnnx } = await import("@gan-arena/engine");
  const { views } = arena.game;
  const plan = name === undefined ? views[0] : views.find(({ view }) => view.name === name);
  if (!plan)
    throw unknownName(
      spec.variant,
      "view",
      name ?? "",
      views.map(({ view }) => view.name),
    );
  const { fn, signature } = viewProgram(arena.game, plan);
  const state = await arena.state.read(Object.keys(signature.state));
  const metadata = {
    run: spec.runId,
    variant: spec.variant,
    view: plan.view.name,
    dataset: spec.dataset,
    config: JSON.stringify(spec.config),
    producer: `gan-arena ${version()}`,
  };
  return exportOnnx({ fn, signature, state, metadata });
}
