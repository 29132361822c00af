export {
  EXECUTOR,
  type Executor,
  type ExecutorContext,
  type ExecutorSession,
  type JobEnd,
  type JobHandle,
  type JobMessage,
  type LocalProcess,
  type OnMessage,
  type TrialJob,
} from "./contract.js";
export { localExecutor } from "./local.js";
export { rayExecutor } from "./ray/executor.js";
export { register } from "./register.js";
