/** @file Engines: `onnx` compiles, `cpu` is the slow reference. */
export { EagerEngine } from "./eager/eager-engine.js";
export { exportOnnx, type Exported, type ExportRequest } from "./export/export-onnx.js";
export { enableEvaluation } from "./runtime/evaluate.js";
export { OnnxEngine, type OnnxEngineOptions } from "./runtime/onnx-engine.js";
export { listTables } from "./measure/table.js";
export { threadCount } from "./threads.js";
export type { ProgramProfile, Share } from "./runtime/profile.js";
export { cpuFactory, enginesFolder, onnxFactory, register } from "./plugins.js";
export { buildTfjsNode, isBuilt, type BuildRequest } from "./eager/tfjs-node/build.js";
export { buildFolder, TFJS_NODE_NAMES, type TfjsNodeName } from "./eager/tfjs-node/installation.js";
