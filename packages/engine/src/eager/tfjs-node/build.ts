/**
 * @file Builds a native TensorFlow package for Node against a TensorFlow wheel.
 *
 * The package's own installer downloads a libtensorflow of 2022. The wheels on PyPI carry the same library and its headers,
 * newer and, for GPUs, with CUDA 12; the binding's two files are compiled against those.
 *
 * LIMIT: Linux only; the wheels of other systems name their libraries otherwise.
 */
import { existsSync } from "node:fs";
import { mkdir, readdir, rename, rm, statfs, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { buildFailed, littleSpace, noCompiler, noPython, noWheel, onlyLinux } from "./errors.js";
import {
  bindingIn,
  NAPI,
  packageIn,
  RECORD,
  TFJS_NODE_VERSION,
  type BuildRecord,
  type TfjsNodeName,
} from "./installation.js";
import { runTool, type ToolOptions } from "./tools.js";

const TENSORFLOW_VERSION = "2.21.0";

export interface BuildRequest extends ToolOptions {
  readonly name: TfjsNodeName;
  /** Replaced when it is there; it gets its name when it is whole. */
  readonly folder: string;
  /** Version of the wheel, default {@link TENSORFLOW_VERSION}. */
  readonly tensorflow?: string;
  readonly wheel: BuildRecord["wheel"];
  /** Default: `python3` or `python`. */
  readonly python?: string;
}

/** Room for the wheel, what is unpacked of it, and the npm packages. */
const NEEDED_BYTES = { "tensorflow-cpu": 2.5e9, tensorflow: 5e9 } as const;

/** Wheels exist for several versions of Python and carry the same library; this one has had all of them since 2.12. */
const WHEEL_PYTHON = "3.11";

/** @throws GanError MISSING_DEPENDENCY, NO_SPACE with what is to be done */
export async function buildTfjsNode(request: BuildRequest): Promise<BuildRecord> {
  const { name, folder, wheel, tensorflow = TENSORFLOW_VERSION, onProgress } = request;
  if (process.platform !== "linux") throw onlyLinux(name);
  const python = await findPython(request);
  const compiler = await findCompiler(request);
  const attempt = `${folder}.${process.pid}`;
  await mkdir(attempt, { recursive: true });
  try {
    await checkSpace(attempt, NEEDED_BYTES[wheel]);
    onProgress(`1/4 installing @tensorflow/${name} ${TFJS_NODE_VERSION} from npm, without its installer`);
    await installPackages(attempt, request);
    const deps = join(packageIn(attempt, name), "deps");
    onProgress(`2/4 downloading ${wheel} ${tensorflow} from PyPI`);
    const file = await downloadWheel(attempt, python, { ...request, tensorflow });
    onProgress("3/4 unpacking its library and headers");
    await unpack(file, deps, { ...request, python });
    onProgress("4/4 compiling the binding");
    await compile(packageIn(attempt, name), compiler, request);
    const record: BuildRecord = { tensorflow, wheel };
    await writeFile(join(attempt, RECORD), JSON.stringify(record));
    await rm(folder, { recursive: true, force: true });
    await rename(attempt, folder);
    return record;
  } finally {
    await rm(attempt, { recursive: true, force: true });
  }
}

async function findPython(request: BuildRequest): Promise<string> {
  const candidates = request.python === undefined ? ["python3", "python"] : [request.python];
  for (const candidate of candidates) if (await works(candidate, ["-m", "pip", "--version"], request)) return candidate;
  throw noPython(candidates);
}

async function findCompiler(request: BuildRequest): Promise<string> {
  const { CXX } = process.env;
  const candidates = CXX ? [CXX] : ["c++", "g++", "clang++"];
  for (const candidate of candidates) if (await works(candidate, ["--version"], request)) return candidate;
  throw noCompiler(candidates);
}

const works = (program: string, words: readonly string[], { signal }: ToolOptions): Promise<boolean> =>
  runTool(program, words, { onProgress: () => undefined, ...(signal ? { signal } : {}) }).then(
    () => true,
    () => false,
  );

async function checkSpace(folder: string, needed: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  if (bavail * bsize < needed) throw littleSpace(dirname(folder), { free: bavail * bsize, needed });
}

/** The headers of Node's own interface come from npm too: not every Node brings them. */
async function installPackages(folder: string, request: BuildRequest): Promise<void> {
  const dependencies = { [`@tensorflow/${request.name}`]: TFJS_NODE_VERSION, "node-api-headers": "1.9.0" };
  await writeFile(join(folder, "package.json"), JSON.stringify({ private: true, dependencies }));
  await runTool("npm", ["install", "--ignore-scripts", "--no-audit", "--no-fund"], { ...request, cwd: folder }).catch(
    (cause: Error) => {
      throw buildFailed("npm install", cause);
    },
  );
}

async function downloadWheel(
  folder: string,
  python: string,
  request: BuildRequest & { readonly tensorflow: string },
): Promise<string> {
  const { wheel, tensorflow } = request;
  const wheels = join(folder, "wheels");
  const words = ["-m", "pip", "download", "--no-deps", "--only-binary", ":all:", "--python-version", WHEEL_PYTHON];
  const quiet = ["--progress-bar", "off", "--disable-pip-version-check", "--dest", wheels];
  await runTool(python, [...words, ...quiet, `${wheel}==${tensorflow}`], request).catch((cause: Error) => {
    throw noWheel(`${wheel} ${tensorflow}`, cause);
  });
  const [file = ""] = await readdir(wheels);
  return join(wheels, file);
}

/** Only the C++ library and its headers; the rest of a wheel is Python. */
const UNPACK = `
import sys, zipfile, os
wheel, to = sys.argv[1:]
with zipfile.ZipFile(wheel) as z:
    for name in z.namelist():
        head, _, rest = name.partition("/")
        if head != "tensorflow" or name.endswith("/"): continue
        if rest.startswith("include/"): target = rest
        elif rest in ("libtensorflow_cc.so.2", "libtensorflow_framework.so.2"): target = "lib/" + rest
        else: continue
        path = os.path.join(to, target)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with z.open(name) as source, open(path, "wb") as out:
            while chunk := source.read(1 << 24): out.write(chunk)
`;

async function unpack(file: string, deps: string, request: BuildRequest & { readonly python: string }): Promise<void> {
  await rm(deps, { recursive: true, force: true });
  await runTool(request.python, ["-c", UNPACK, file, deps], request).catch((cause: Error) => {
    throw buildFailed("unpacking the wheel", cause);
  });
  await rm(dirname(file), { recursive: true });
  const lib = join(deps, "lib");
  await symlink("libtensorflow_cc.so.2", join(lib, "libtensorflow.so"));
  await symlink("libtensorflow_framework.so.2", join(lib, "libtensorflow_framework.so"));
}

/** What the package's binding.gyp says, for a compiler instead of node-gyp, which would fetch Node's headers elsewhere. */
async function compile(packageHome: string, compiler: string, request: BuildRequest): Promise<void> {
  const binding = bindingIn(packageHome);
  await mkdir(dirname(binding), { recursive: true });
  const headers = join(dirname(dirname(packageHome)), "node-api-headers", "include");
  const sources = ["tfjs_backend.cc", "tfjs_binding.cc"].map((file) => join(packageHome, "binding", file));
  const words = [
    "-std=c++17",
    "-O2",
    "-fPIC",
    "-shared",
    "-w",
    `-DNAPI_VERSION=${NAPI}`,
    "-DNODE_GYP_MODULE_NAME=tfjs_binding",
    ...[dirname(packageHome), packageHome, join(packageHome, "deps", "include"), headers].map((path) => `-I${path}`),
    ...sources,
    `-L${join(packageHome, "deps", "lib")}`,
    "-ltensorflow",
    "-ltensorflow_framework",
    "-Wl,-rpath,$ORIGIN/../../deps/lib",
    "-o",
    binding,
  ];
  await runTool(compiler, words, request).catch((cause: Error) => {
    throw buildFailed("compiling the binding", cause);
  });
}

/** Whether a build ended well there. */
export const isBuilt = (folder: string): boolean => existsSync(join(folder, RECORD));
