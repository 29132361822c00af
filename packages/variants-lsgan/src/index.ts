export { lsgan } from "./lsgan.js";
export { lsganConfig, targetsOf, type LsganConfig } from "./config.js";
export { register } from "./register.js";
