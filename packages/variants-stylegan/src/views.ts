/** @file What to look at: samples, and the tables of the papers. */
import {
  cycle,
  normal,
  tf,
  view,
  type BoundNetworks,
  type Draw,
  type Tensor,
  type TensorMap,
  type View,
} from "@gan-arena/core";
import type { StyleganConfig } from "./config.js";
import { broadcastStyles, crossOver } from "./mixing.js";
import { labelDraw, labels } from "./phases.js";
import type { Plan } from "./plan.js";

/** Columns of the truncation table: Karras et al. 2019, Fig. 8. */
const PSIS = [1, 0.7, 0.5, 0, -0.5, -1];

/** Columns of the mixing table: A; A with the coarse, the middle, the fine styles of B; B. Karras et al. 2019, Fig. 3. */
const MIXING = [
  [0, 0],
  [0, 1 / 3],
  [1 / 3, 2 / 3],
  [2 / 3, 1],
  [0, 1],
] as const;

/** Several pictures `[N,H,W,C]` for each sample, the samples one after the other. @returns `[N k,H,W,C]` */
const sideBySide = (columns: readonly Tensor[]): Tensor => {
  const [n, ...image] = columns[0].shape as [number, ...number[]];
  return tf.reshape(tf.stack([...columns], 1), [n * columns.length, ...image]);
};

/** w of a latent, `psi` times as far from the mean as it was. */
const truncated = (
  { M }: BoundNetworks,
  z: Tensor,
  { c, psi }: { readonly c: readonly Tensor[]; readonly psi: number },
): Tensor => M(z, ...c, tf.scalar(psi));

export function styleganViews(config: StyleganConfig, plan: Plan): View[] {
  const { styles, classes } = plan;
  const { truncationPsi } = config;
  const draws = { z: normal(config.zDim), noise: normal(plan.noise) };
  const inTurn: Readonly<Record<string, Draw>> = classes > 0 ? { c: cycle(classes) } : {};
  const draw = (nets: BoundNetworks, inputs: TensorMap, psi: number): Tensor =>
    nets["G"](broadcastStyles(truncated(nets, inputs["z"], { c: labels(plan, inputs), psi }), styles), inputs["noise"]);

  const samples = view({
    name: "samples",
    draws: { ...draws, ...labelDraw(plan) }, // labels as often as the data have them, because metrics judge these
    render: (nets, inputs) => draw(nets, inputs, truncationPsi),
  });
  const byClass = view({
    name: "classes",
    columns: classes,
    draws: { ...draws, ...inTurn },
    render: (nets, inputs) => draw(nets, inputs, truncationPsi),
  });
  const truncation = view({
    name: "truncation",
    columns: PSIS.length,
    draws: { ...draws, ...inTurn },
    render: (nets, inputs) => sideBySide(PSIS.map((psi) => draw(nets, inputs, psi))),
  });
  const mixing = view({
    name: "mixing",
    columns: MIXING.length,
    draws: { ...draws, zMix: normal(config.zDim), ...inTurn },
    render(nets, inputs) {
      const options = { c: labels(plan, inputs), psi: truncationPsi };
      const a = truncated(nets, inputs.z, options);
      const b = truncated(nets, inputs.zMix, options);
      const bands = MIXING.map(([from, to]) =>
        crossOver(a, b, { styles, from: Math.round(from * styles), to: Math.round(to * styles) }),
      );
      return sideBySide(bands.map((ws) => nets["G"](ws, inputs.noise)));
    },
  });
  return [samples, ...(classes > 0 ? [byClass] : []), truncation, mixing];
}
