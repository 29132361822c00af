import { VARIANT, type DependencyContainer } from "@gan-arena/core";
import { gan } from "./gan.js";

export const register = (container: DependencyContainer): void => {
  container.register(VARIANT, { useValue: gan });
};
