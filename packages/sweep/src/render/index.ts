export type { Rendered, RenderedFile, RenderRequest } from "./contract.js";
export { renderKubernetes } from "./kubernetes.js";
export { renderSlurm } from "./slurm.js";
