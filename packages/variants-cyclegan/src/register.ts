import { VARIANT, type DependencyContainer } from "@gan-arena/core";
import { cyclegan } from "./cyclegan.js";

export const register = (container: DependencyContainer): void => {
  container.register(VARIANT, { useValue: cyclegan });
};
