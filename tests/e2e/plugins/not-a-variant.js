import { VARIANT } from "@gan-arena/core/base";

/** A variant without phases. */
export const register = (container) =>
  container.register(VARIANT, {
    useValue: { name: "half", paper: {}, deviations: [], config: {}, searchSpace: {}, networks: () => ({}) },
  });
