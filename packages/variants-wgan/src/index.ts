export { register } from "./register.js";
export { wgan, wganConfig, type WganConfig } from "./wgan.js";
export { wganGp, wganGpConfig, type WganGpConfig } from "./wgan-gp.js";
