/** @file The op specs that TensorFlow.js ships, run on the onnx engine: every `await x.data()` compiles and runs a graph. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../../support/repository.js";
import { beginFile } from "./jasmine.js";

const OPS = join(ROOT, "node_modules", "@tensorflow", "tfjs-core", "dist", "ops");
const SUFFIX = "_test.js";

for (const name of readdirSync(OPS, { recursive: true, encoding: "utf8" })
  .filter((each) => each.endsWith(SUFFIX))
  .sort()) {
  beginFile(name.slice(0, -SUFFIX.length));
  await import(/* @vite-ignore */ join(OPS, name));
}
