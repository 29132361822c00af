export { styleganConfig, type StyleganConfig } from "./config.js";
export { register } from "./register.js";
export { stylegan } from "./stylegan.js";
