import { VARIANT, type DependencyContainer } from "@gan-arena/core";
import { dcgan } from "./dcgan.js";

export const register = (container: DependencyContainer): void => {
  container.register(VARIANT, { useValue: dcgan });
};
