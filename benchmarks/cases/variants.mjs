/** @file Variants of the packages as they are, with the defaults of their configs, on random pictures. */
import { cyclegan } from "@gan-arena/variants-cyclegan";
import { stylegan } from "@gan-arena/variants-stylegan";
import { openPictures } from "./pictures.mjs";

export const openCyclegan = () => ({
  variant: cyclegan,
  data: openPictures({ side: 64, channels: 3, size: 1024, fields: ["x", "y"] }),
});

export const openStylegan = () => ({ variant: stylegan, data: openPictures({ side: 32, channels: 3, size: 4096 }) });
