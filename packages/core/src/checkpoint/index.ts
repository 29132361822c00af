export { readSafetensors, writeSafetensors, type Checkpoint, type ReadCheckpoint } from "./safetensors.js";
