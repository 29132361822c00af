export { choice, defineVariant, intUniform, logUniform, phase, uniformRange, view } from "./define.js";
export { batch, normal, replay, uniform } from "./draws.js";
