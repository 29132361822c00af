export { History, type Entry } from "./history.js";
export { dominates, paretoFront } from "./pareto.js";
export {
  definePlugin,
  resolvePlugin,
  type PluginChoice,
  type PluginFactory,
  type PrunerFactory,
  type SamplerFactory,
} from "./plugins.js";
export { createStudy, Study, type Ending, type PastTrial, type StudyOptions, type Told } from "./study.js";
export { PRUNER, SAMPLER } from "./tokens.js";
