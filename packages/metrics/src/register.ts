/** @file Makes the metrics of this package known. */
import { type DependencyContainer, METRIC } from "@gan-arena/core/base";
import { highQuality } from "./high-quality.js";
import { modes } from "./modes.js";
import { pairError } from "./pair-error.js";
import { reverseKl } from "./reverse-kl.js";
import { swdPatches } from "./swd-patches.js";
import { swdPixels } from "./swd-pixels.js";
import { swdPoints } from "./swd-points.js";

export function register(container: DependencyContainer): void {
  for (const metric of [modes, highQuality, reverseKl, swdPoints, swdPixels, swdPatches, pairError])
    container.register(METRIC, { useValue: metric });
}
