import { VARIANT, type DependencyContainer } from "@gan-arena/core";
import { stylegan } from "./stylegan.js";

export const register = (container: DependencyContainer): void => {
  container.register(VARIANT, { useValue: stylegan });
};
