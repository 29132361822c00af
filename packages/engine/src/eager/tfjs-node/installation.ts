/** @file Where the native TensorFlow packages are: installed beside gan-arena, or built into the home. */
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

export const TFJS_NODE_NAMES = ["tfjs-node-gpu", "tfjs-node"] as const;
export type TfjsNodeName = (typeof TFJS_NODE_NAMES)[number];

/** The version that fits the TensorFlow.js of the core; the package's own build asks for exactly that one. */
export const TFJS_NODE_VERSION = "4.22.0";

/** The binding's interface version, which is also the name of the folder where the package looks for it. */
export const NAPI = 8;

/** First version of Node without `util.isNullOrUndefined`, which tfjs-node 4.22 calls. */
export const FIRST_BROKEN_NODE = 23;

/** What a build leaves beside the packages. */
export interface BuildRecord {
  /** Version of the wheel. */
  readonly tensorflow: string;
  /** The wheel's name: `tensorflow` reaches GPUs, `tensorflow-cpu` does not. */
  readonly wheel: "tensorflow" | "tensorflow-cpu";
}

export interface Installation {
  /** The folder of the npm package. */
  readonly packageHome: string;
  /** Unknown for a package that the user installed. */
  readonly build?: BuildRecord;
}

/** @param engines the folder of built engines, `<home>/engines` */
export const buildFolder = (engines: string, name: TfjsNodeName): string => join(engines, name);

export const packageIn = (folder: string, name: TfjsNodeName): string =>
  join(folder, "node_modules", "@tensorflow", name);

export const bindingIn = (packageHome: string): string =>
  join(packageHome, "lib", `napi-v${NAPI}`, "tfjs_binding.node");

export const RECORD = "tensorflow.json";

/** The built one first: whoever built one did so because the installed one did not do. */
export function findInstallation(name: TfjsNodeName, engines: string | undefined): Installation | undefined {
  const built = engines === undefined ? undefined : findBuilt(buildFolder(engines, name), name);
  if (built) return built;
  const packageHome = findPeer(name);
  return packageHome !== undefined && existsSync(bindingIn(packageHome)) ? { packageHome } : undefined;
}

function findBuilt(folder: string, name: TfjsNodeName): Installation | undefined {
  const packageHome = packageIn(folder, name);
  const record = join(folder, RECORD);
  if (!existsSync(record) || !existsSync(bindingIn(packageHome))) return undefined;
  return { packageHome, build: JSON.parse(readFileSync(record, "utf8")) as BuildRecord };
}

/** The folder of an npm package that is installed where gan-arena can import it, built or not. */
function findPeer(name: TfjsNodeName): string | undefined {
  try {
    return dirname(createRequire(import.meta.url).resolve(`@tensorflow/${name}/package.json`));
  } catch {
    return undefined;
  }
}
