/** @file The executors that come with the package, as plugins. */
import type { DependencyContainer } from "@gan-arena/core/base";
import { EXECUTOR } from "./contract.js";
import { localExecutor } from "./local.js";
import { rayExecutor } from "./ray/executor.js";

export const register = (container: DependencyContainer): void => {
  container.register(EXECUTOR, { useValue: localExecutor });
  container.register(EXECUTOR, { useValue: rayExecutor });
};
