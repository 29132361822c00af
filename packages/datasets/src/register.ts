/** @file Makes the data sets of this package known. */
import { DATASET, type DependencyContainer } from "@gan-arena/core/base";
import { digitsInverted } from "./digits-inverted.js";
import { emoji } from "./emoji.js";
import { gaussian1d } from "./gaussian-1d.js";
import { grid } from "./grid.js";
import { mnist } from "./mnist.js";
import { notoTwemoji } from "./noto-twemoji.js";
import { ring } from "./ring.js";
import { swissRoll } from "./swiss-roll.js";
import { uniform1d } from "./uniform-1d.js";

export function register(container: DependencyContainer): void {
  for (const dataset of [ring, grid, gaussian1d, uniform1d, swissRoll, mnist, emoji, notoTwemoji, digitsInverted])
    container.register(DATASET, { useValue: dataset });
}
