/** @file `mlflow`: a tracking server for people who have none, here and as long as the command runs. */
import { join } from "node:path";
import { defineCommand } from "../command.js";
import type { Context } from "../context.js";
import { flag, number, text, whole } from "../options.js";

const DEFAULT_PORT = 5000;

export const mlflow = defineCommand({
  name: "mlflow",
  summary: "Start an MLflow server on this machine, with its data in the home; Ctrl-C stops it",
  positionals: [],
  options: {
    install: flag("make the Python environment that it needs (about 1 GB, once), if it is not there"),
    host: text("address to listen on (default: 127.0.0.1, this machine only)"),
    port: number(`port to listen on, 0 for any free one (default: ${DEFAULT_PORT})`, whole(0, 65_535)),
    python: text("a Python that has MLflow, instead of an environment of our own"),
  },
  examples: [["gan-arena mlflow --install", "the first time"]],
  async run({ options }, context) {
    const { EXIT_CODES, listenForInterrupts } = await import("../runs/signals.js");
    const { lastWords, startMlflowServer } = await import("../mlflow/server.js");
    const { serverEnded } = await import("../mlflow/errors.js");
    const interrupter = listenForInterrupts();
    const { signal } = interrupter;
    const interrupted = () => ({ document: undefined, exitCode: EXIT_CODES[interrupter.received ?? "SIGINT"] });
    try {
      const python = await interpreter(options, context, signal);
      const folder = join(context.home, "mlflow");
      const { host, port = DEFAULT_PORT } = options;
      context.output.note("starting the server; the first time it makes its database");
      const server = await startMlflowServer({ python, folder, port, signal, ...(host === undefined ? {} : { host }) });
      announce(context, server.url, folder);
      const asked = new Promise<undefined>((resolve) => signal.addEventListener("abort", () => resolve(undefined)));
      const end = signal.aborted ? undefined : await Promise.race([server.ended, asked]);
      await server.stop();
      if (end !== undefined) throw serverEnded(await lastWords(server), server.log);
      return interrupted();
    } catch (error) {
      if (signal.aborted) return interrupted();
      throw error;
    } finally {
      interrupter.dispose();
    }
  },
});

interface Wanted {
  readonly install: boolean;
  readonly python: string | undefined;
}

async function interpreter({ install, python }: Wanted, { output }: Context, signal: AbortSignal): Promise<string> {
  const { environmentFolder, isMade, makeEnvironment, mlflowVersion, pythonIn } =
    await import("../mlflow/environment.js");
  if (python !== undefined) {
    await mlflowVersion(python);
    return python;
  }
  const folder = environmentFolder();
  if (isMade(folder)) return pythonIn(folder);
  const { noEnvironment } = await import("../mlflow/errors.js");
  if (!install) throw noEnvironment(folder, "gan-arena mlflow --install");
  return makeEnvironment(folder, { onProgress: (line) => output.note(line), signal });
}

/** Printed at once, for the outcome of the command comes only in the end. */
function announce({ json, output }: Context, url: string, folder: string): void {
  if (json) output.stdout.write(`${JSON.stringify({ url, folder })}\n`);
  else
    output.stdout.write(
      `MLflow is at ${url}, its data in ${folder}. Ctrl-C stops it.\n` +
        `Send runs there with: --mlflow ${url} (or MLFLOW_TRACKING_URI=${url})\n`,
    );
}
