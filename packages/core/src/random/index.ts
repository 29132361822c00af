export { fnv1a64 } from "./hash.js";
export { philox4x32, philoxFill, type Key, type Words4 } from "./philox.js";
export { stream, type RandomStream } from "./stream.js";
