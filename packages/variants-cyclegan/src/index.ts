export { cyclegan, cycleganConfig, type CycleganConfig } from "./cyclegan.js";
export { register } from "./register.js";
