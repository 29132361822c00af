export { imageGrid } from "./grid.js";
export { histogram, scatterPlot } from "./points.js";
export { pictureOf } from "./picture-of.js";
