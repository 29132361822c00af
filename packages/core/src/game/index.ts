export { choice, defineVariant, intUniform, logUniform, phase, uniformRange, view } from "./define.js";
export { batch, cycle, normal, replay, uniform } from "./draws.js";
