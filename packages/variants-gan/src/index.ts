export { gan } from "./gan.js";
export { ganConfig, type GanConfig } from "./config.js";
export { register } from "./register.js";
