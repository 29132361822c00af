/** @file `engine build`: native TensorFlow for Node, built against a current wheel. */
import { unknownName } from "@gan-arena/core/base";
import { defineCommand } from "../command.js";
import { flag, text } from "../options.js";

export const engineBuild = defineCommand({
  name: "engine build",
  summary: "Build a native engine (tfjs-node-gpu, tfjs-node) against TensorFlow from PyPI, into the home",
  positionals: [{ name: "engine", describe: "tfjs-node-gpu or tfjs-node" }],
  options: {
    tensorflow: text("version of TensorFlow (default: 2.21.0)"),
    cpu: flag("without CUDA, a smaller download; always so for tfjs-node"),
    python: text("a Python 3 with pip (default: python3)"),
    force: flag("build again what is there"),
  },
  examples: [["engine build tfjs-node-gpu --cpu", "on a machine without a GPU"]],
  async run({ positionals, options }, context) {
    const { home, output } = context;
    const { buildFolder, buildTfjsNode, enginesFolder, isBuilt, TFJS_NODE_NAMES } = await import("@gan-arena/engine");
    const wanted = positionals["engine"] ?? "";
    const name = TFJS_NODE_NAMES.find((known) => known === wanted);
    if (name === undefined) throw unknownName("engine build", "engine to build", wanted, TFJS_NODE_NAMES);
    const folder = buildFolder(enginesFolder(home), name);
    const next = `use it with: ${context.commandLine(`train gan --dataset ring --engine ${name}`)}`;
    if (isBuilt(folder) && !options.force)
      return { document: { name, folder, built: false }, text: `${name} is there already, in ${folder}; ${next}` };
    const begin = performance.now();
    const record = await buildTfjsNode({
      name,
      folder,
      wheel: options.cpu || name === "tfjs-node" ? "tensorflow-cpu" : "tensorflow",
      onProgress: (line) => output.note(line),
      ...(options.tensorflow === undefined ? {} : { tensorflow: options.tensorflow }),
      ...(options.python === undefined ? {} : { python: options.python }),
    });
    const seconds = (performance.now() - begin) / 1000;
    return {
      document: { name, folder, built: true, seconds, ...record },
      text: `${name} on ${record.wheel} ${record.tensorflow} is ready in ${folder} after ${seconds.toFixed(0)} s; ${next}`,
    };
  },
});
