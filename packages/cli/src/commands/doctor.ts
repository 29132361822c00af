/** @file `doctor`: what is here, what is missing, and what to do about it. */
import { statfs } from "node:fs/promises";
import { existsSync } from "node:fs";
import { availableParallelism, cpus, freemem, totalmem } from "node:os";
import { dirname } from "node:path";
import { createContainer, type EngineFactory } from "@gan-arena/core/base";
import { defineCommand } from "../command.js";
import type { Context } from "../context.js";
import { failureOf } from "../failure.js";
import { cacheFolder } from "../folders.js";
import { loadPlugin } from "../plugins/load.js";
import { number, repeated, text, whole } from "../options.js";
import { THREADS } from "../runs/training-options.js";
import { formatBytes, plural } from "../terminal/format.js";
import { version } from "../version.js";

interface Check {
  readonly name: string;
  /** `bad` is what keeps gan-arena from working; `missing` is what it can do without. */
  readonly state: "ok" | "missing" | "bad";
  readonly detail: string;
}

const OLDEST_NODE = [20, 19] as const;
/** A run of images with its checkpoints takes some tens of MiB. */
const LITTLE_SPACE = 200 * 2 ** 20;

export const doctor = defineCommand({
  name: "doctor",
  summary: "Check this machine: versions, engines, plugins, disk",
  positionals: [],
  options: {
    program: text("show how a variant's phases are compiled, and what each op costs here"),
    dataset: text("data set for --program (default: ring)", { alias: "d" }),
    set: repeated("setting of the variant for --program as path=value; may be repeated", { alias: "s" }),
    batch: number("batch size for --program (default: the variant's)", whole(1, 65_536)),
    threads: THREADS,
  },
  examples: [["doctor --program dcgan --dataset mnist", "the graphs of its phases, and where their time goes"]],
  async run({ options }, context) {
    const { program, dataset = "ring", threads = 0, set, batch } = options;
    if (program !== undefined) {
      const { profileGame } = await import("../kit/profile-game.js");
      return profileGame(context, { variant: program, dataset, set, batch, threads });
    }
    const checks = [
      nodeCheck(),
      machineCheck(),
      ...(await engineChecks(context)),
      ...(await loweringChecks()),
      ...(await homeChecks(context)),
      ...(await pluginChecks(context)),
    ];
    const healthy = checks.every(({ state }) => state !== "bad");
    const marks = { ok: "ok     ", missing: "missing", bad: "bad    " } as const;
    const lines = checks.map(({ name, state, detail }) => `${marks[state]}  ${name}: ${detail}`);
    const last = healthy
      ? "Everything that is needed is here."
      : "Something that is needed is missing: see the lines marked bad.";
    return {
      document: { healthy, version: version(), checks },
      text: [`gan-arena ${version()}`, ...lines, last].join("\n"),
      exitCode: healthy ? 0 : 2,
    };
  },
});

function nodeCheck(): Check {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const fine = major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1]);
  const detail = `${process.versions.node}${fine ? "" : `, expected ${OLDEST_NODE.join(".")} or newer; install it from nodejs.org`}`;
  return { name: "node", state: fine ? "ok" : "bad", detail };
}

function machineCheck(): Check {
  const cores = availableParallelism();
  const memory = `${formatBytes(freemem())} of ${formatBytes(totalmem())} memory free`;
  const detail = `${process.platform} ${process.arch}, ${plural(cores, "core")} (${cpus()[0]?.model.trim() ?? "unknown"}), ${memory}`;
  return { name: "machine", state: "ok", detail };
}

/** Each engine is made once, for only that shows that it runs and which versions it is made of. */
async function engineChecks({ home }: Context): Promise<Check[]> {
  const checks: Check[] = [];
  const { compose } = await import("../composition.js");
  const { byRank } = await import("../runs/engine.js");
  for (const factory of byRank(await compose(["engines"], [], home))) {
    const name = `engine ${factory.name}`;
    try {
      const reason = await factory.unavailable();
      if (reason !== undefined) {
        checks.push({ name, state: "missing", detail: reason });
        continue;
      }
      const engine = await factory.create({ threads: 0, deterministic: true });
      const versions = Object.entries(engine.info.versions).map(([what, value]) => `${what} ${value}`);
      checks.push({
        name,
        state: "ok",
        detail: `${factory.summary} (${versions.join(", ")}, ${plural(engine.info.threads, "thread")})`,
      });
      await engine.dispose();
      checks.push(...(await providerChecks(factory)));
    } catch (thrown) {
      const { code, message } = failureOf(thrown);
      // One process runs one native TensorFlow: the other is there, and was not tried.
      checks.push(
        code === "BAD_CONFIG"
          ? { name, state: "ok", detail: `${factory.summary} (there, not tried beside the one above)` }
          : { name, state: "missing", detail: message },
      );
    }
  }
  if (!checks.some(({ state }) => state === "ok"))
    checks.push({
      name: "engines",
      state: "bad",
      detail: "none can run here; install the dependencies again with: npm ci",
    });
  return checks;
}

/** Where else it could compute; that the CPU is there has been shown. */
async function providerChecks(factory: EngineFactory): Promise<Check[]> {
  const others = ((await factory.providers?.()) ?? []).filter(({ name }) => name !== "cpu");
  return others.map(({ name, reason }) => ({
    name: `engine ${factory.name} --provider ${name}`,
    state: reason === undefined ? "ok" : "missing",
    detail: reason ?? "can be used",
  }));
}

/** What `--measure-lowerings` has found here. */
async function loweringChecks(): Promise<Check[]> {
  const { listTables } = await import("@gan-arena/engine");
  const folder = cacheFolder();
  const tables = listTables(folder);
  const none = `none measured; --measure-lowerings keeps them in ${folder}`;
  const details = tables.map(({ path, entries }) =>
    entries === undefined ? `${path} cannot be read, and is measured anew` : `${path}, ${plural(entries, "choice")}`,
  );
  return (details.length === 0 ? [none] : details).map((detail) => ({ name: "lowerings", state: "ok", detail }));
}

async function homeChecks({ home }: Context): Promise<Check[]> {
  const { RunStore } = await import("@gan-arena/tracking");
  const checks: Check[] = [];
  try {
    const runs = RunStore.open(home).list().length;
    checks.push({ name: "home", state: "ok", detail: `${home}, writable, ${plural(runs, "run")}` });
  } catch (thrown) {
    checks.push({ name: "home", state: "bad", detail: failureOf(thrown).message });
  }
  const disk = await statfs(existing(home)).catch(() => undefined);
  if (disk) {
    const free = disk.bavail * disk.bsize;
    const enough = free >= LITTLE_SPACE;
    const detail = `${formatBytes(free)} free${enough ? "" : "; free some, a run needs room for its checkpoints"}`;
    checks.push({ name: "disk", state: enough ? "ok" : "bad", detail });
  }
  return checks;
}

const existing = (folder: string): string => (existsSync(folder) ? folder : existing(dirname(folder)));

/** One after the other, so that each bad one is named. */
async function pluginChecks(context: Context): Promise<Check[]> {
  const checks: Check[] = [];
  for (const plugin of context.plugins) {
    const name = `plugin ${plugin.specifier}`;
    try {
      await loadPlugin(createContainer(), plugin);
      checks.push({ name, state: "ok", detail: "loads" });
    } catch (thrown) {
      checks.push({ name, state: "bad", detail: failureOf(thrown).message });
    }
  }
  return checks;
}
