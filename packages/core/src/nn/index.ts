export * from "./bind.js";
export * from "./initializers.js";
export * from "./layers/index.js";
export * from "./record.js";
export * from "./scope.js";
