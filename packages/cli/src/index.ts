/** @file The public surface: the command as a function, and the checking of settings. */
export { main, type Surroundings } from "./main.js";
export { parseWithSchema, type Locate } from "./config/validate.js";
export type { Field } from "./config/field.js";
export { fieldsOf } from "./config/fields.js";
