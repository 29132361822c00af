import { VARIANT, type DependencyContainer } from "@gan-arena/core";
import { wganGp } from "./wgan-gp.js";
import { wgan } from "./wgan.js";

export const register = (container: DependencyContainer): void => {
  container.register(VARIANT, { useValue: wgan });
  container.register(VARIANT, { useValue: wganGp });
};
