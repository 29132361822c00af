export { dcgan } from "./dcgan.js";
export { dcganConfig, type DcganConfig } from "./config.js";
export { register } from "./register.js";
