export { importance, type Importance, type ImportanceOptions } from "./importance.js";
