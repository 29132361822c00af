/**
 * @file Builds tfjs-node against a current TensorFlow, into benchmarks/.cache/tfjs-node.
 *
 * The install script of @tensorflow/tfjs-node downloads a libtensorflow of 2022. The wheels of tensorflow-cpu carry the
 * same library and its headers, newer and from a package index, so the binding is compiled against those instead.
 *
 *     node benchmarks/peers/build-tfjs-node.mjs [--python python3] [--tensorflow 2.21.0]
 *
 * Needs Linux, Python 3 with pip and a C++ compiler, and downloads about 250 MB. LIMIT: tfjs-node 4.22 does not run on Node >= 23.
 */
import { existsSync, readdirSync } from "node:fs";
import { cp, mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { TFJS_NODE_HOME } from "../lib/places.mjs";
import { runCommand } from "../lib/run-command.mjs";

const TFJS_NODE = "4.22.0";
/** The binding's interface version, which is also the name of the folder where tfjs-node looks for it. */
const NAPI = 8;

const { values: options } = parseArgs({
  options: {
    python: { type: "string", default: "python3" },
    tensorflow: { type: "string", default: "2.21.0" },
  },
});
const { python, tensorflow } = options;
const home = TFJS_NODE_HOME;
const packageHome = join(home, "node_modules", "@tensorflow", "tfjs-node");

await installPackage();
const wheel = await unpackWheel();
await linkDependencies(wheel);
await compileBinding();
await writeFile(join(home, "tensorflow.json"), JSON.stringify({ version: tensorflow }));
console.log(`tfjs-node ${TFJS_NODE} on TensorFlow ${tensorflow} is ready in ${home}`);

async function installPackage() {
  await mkdir(home, { recursive: true });
  const bindingOptions = [
    "--module_name=tfjs_binding",
    `--module_path=${join(packageHome, "lib", `napi-v${NAPI}`)}`,
    `--napi_build_version=${NAPI}`,
    ...localHeaders(),
  ];
  const manifest = {
    private: true,
    // npm runs scripts with its own node-gyp on the path.
    scripts: { "build-binding": ["node-gyp", "rebuild", "-C", packageHome, ...bindingOptions].join(" ") },
    dependencies: { "@tensorflow/tfjs-node": TFJS_NODE },
  };
  await writeFile(join(home, "package.json"), JSON.stringify(manifest, undefined, 2));
  await runCommand("npm", ["install", "--ignore-scripts", "--no-audit", "--no-fund"], { cwd: home });
}

/** Where Node came with its headers, node-gyp need not fetch them. */
function localHeaders() {
  const prefix = dirname(dirname(process.execPath));
  return existsSync(join(prefix, "include", "node", "node_api.h")) ? [`--nodedir=${prefix}`] : [];
}

/** @returns the folder `tensorflow` inside the unpacked wheel */
async function unpackWheel() {
  const wheels = join(home, "wheels");
  const unpacked = join(home, `tensorflow-cpu-${tensorflow}`);
  if (!existsSync(join(unpacked, "tensorflow", "include"))) {
    await runCommand(python, ["-m", "pip", "download", "--no-deps", "--dest", wheels, `tensorflow-cpu==${tensorflow}`]);
    const file = readdirSync(wheels).find((name) => name.includes(tensorflow) && name.endsWith(".whl"));
    await runCommand(python, ["-m", "zipfile", "-e", join(wheels, file), unpacked]);
    await rm(wheels, { recursive: true });
  }
  return join(unpacked, "tensorflow");
}

/** Lays the headers and libraries out as the package's binding.gyp expects them. */
async function linkDependencies(wheel) {
  const deps = join(packageHome, "deps");
  await rm(deps, { recursive: true, force: true });
  await mkdir(join(deps, "lib"), { recursive: true });
  await symlink(join(wheel, "include"), join(deps, "include"));
  for (const [library, names] of [
    ["libtensorflow_cc.so.2", ["libtensorflow_cc.so.2", "libtensorflow.so", "libtensorflow.so.2"]],
    ["libtensorflow_framework.so.2", ["libtensorflow_framework.so", "libtensorflow_framework.so.2"]],
  ])
    for (const name of names) await symlink(join(wheel, library), join(deps, "lib", name));
}

async function compileBinding() {
  await runCommand("npm", ["run", "--silent", "build-binding"], { cwd: home });
  // The package's own build copies the libraries' folder next to the binding when it is not found there.
  const beside = join(packageHome, "lib", `napi-v${NAPI}`);
  if (!existsSync(join(beside, "tfjs_binding.node")))
    await cp(join(packageHome, "build", "Release", "tfjs_binding.node"), join(beside, "tfjs_binding.node"));
}
