/** @file Loads third-party plugins: nothing is loaded that the user did not name. */
import { pathToFileURL } from "node:url";
import { allOf, badPlugin, GanError, type DependencyContainer } from "@gan-arena/core/base";
import { resolvePlugin, type PluginReference } from "./resolve.js";
import { misshapen, SHAPES } from "./shape.js";

/**
 * Loads one plugin and moves what it registers into `container`.
 * @throws GanError BAD_PLUGIN: not found, throws at load, no `register`, `register` throws, or a value of a wrong shape
 */
export async function loadPlugin(container: DependencyContainer, reference: PluginReference): Promise<void> {
  const where = `plugin ${reference.specifier}`;
  const register = await importRegister(resolvePlugin(reference), where);
  // What the plugin registers is kept apart until its shape is known to be right.
  const own = container.createChildContainer();
  try {
    await register(own);
  } catch (cause) {
    if (cause instanceof GanError) throw cause;
    throw badPlugin(where, `its register() throws: ${reasonOf(cause)}; tell its author`, cause);
  }
  let count = 0;
  for (const shape of SHAPES) {
    if (!own.isRegistered(shape.token)) continue;
    const taken = allOf(container, shape.token).map((plugin) => plugin.name);
    for (const value of resolveAll(own, shape, where)) {
      const problem = misshapen(shape, value);
      if (problem) throw badPlugin(where, `it ${problem}; tell its author`);
      if (taken.includes(value.name))
        throw badPlugin(
          where,
          `it registers the ${shape.kind} "${value.name}", a name that is taken; rename it or leave the plugin out`,
        );
      taken.push(value.name);
      container.register(shape.token, { useValue: value });
      count++;
    }
  }
  if (count === 0)
    throw badPlugin(
      where,
      "its register() registers nothing that gan-arena knows: no variant, data set, metric, engine, tracker or executor; tell its author",
    );
}

type Register = (container: DependencyContainer) => unknown;

/** The package that an import did not find: Node looks for it from the plugin's folder upwards. */
function missingPackage(cause: unknown): string | undefined {
  if ((cause as { readonly code?: unknown } | null)?.code !== "ERR_MODULE_NOT_FOUND") return undefined;
  return /^Cannot find package '([^']+)'/u.exec((cause as Error).message)?.[1];
}

async function importRegister(file: string, where: string): Promise<Register> {
  let module: { readonly register?: unknown };
  try {
    module = (await import(/* @vite-ignore */ pathToFileURL(file).href)) as typeof module;
  } catch (cause) {
    const missing = missingPackage(cause);
    const advice = missing === undefined ? "mend the plugin or leave it out" : `run: npm install ${missing}`;
    throw badPlugin(where, `it throws when it is loaded: ${reasonOf(cause)}; ${advice}`, cause);
  }
  if (typeof module.register !== "function")
    throw badPlugin(
      where,
      `it exports no function register(container); it exports: ${Object.keys(module).join(", ") || "nothing"}`,
    );
  return module.register as Register;
}

function resolveAll(
  own: DependencyContainer,
  shape: (typeof SHAPES)[number],
  where: string,
): { readonly name: string }[] {
  try {
    return own.resolveAll(shape.token);
  } catch (cause) {
    throw badPlugin(where, `the ${shape.kind} it registers cannot be made: ${reasonOf(cause)}; tell its author`, cause);
  }
}

/** The first line of what was thrown: a stack or a code frame helps the author, not the user. */
const reasonOf = (thrown: unknown): string => {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return message.split("\n")[0]?.trim() || "no reason given";
};
