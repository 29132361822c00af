export { dcgan, dcganConfig, type DcganConfig } from "./dcgan.js";
export { register } from "./register.js";
