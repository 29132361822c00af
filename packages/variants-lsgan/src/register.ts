import { VARIANT, type DependencyContainer } from "@gan-arena/core";
import { lsgan } from "./lsgan.js";

export const register = (container: DependencyContainer): void => {
  container.register(VARIANT, { useValue: lsgan });
};
