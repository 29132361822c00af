/** @file The store as a plugin. */
import { TRACKER, type DependencyContainer, type TrackerFactory } from "@gan-arena/core/base";
import { RunStore } from "./run-store.js";

/** Writes runs into the embedded store; needs no server. */
export const storeTracker: TrackerFactory = {
  name: "store",
  create: (_run, home) => RunStore.open(home).tracker(),
};

export const register = (container: DependencyContainer): void => {
  container.register(TRACKER, { useValue: storeTracker });
};
