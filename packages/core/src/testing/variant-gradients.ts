/** @file The gradients that a phase descends, against differences of the loss that it reports. */
import { paramsEntry } from "../arena/entries.js";
import { everyOf } from "../arena/schedule.js";
import { gradientOutput, SCALARS } from "../arena/step.js";
import type { GanError } from "../errors.js";
import { sizeOf, type HostTensors } from "../contracts/tensors.js";
import { stream } from "../random/index.js";
import { gradientWrong } from "./errors.js";
import type { Scene } from "./scene.js";

/** Half distances of the two points of a difference, relative to the norm of the parameter, from narrow to wide. */
const STEPS = [1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1] as const;
/** Where the search begins: rounding is small there already, and curvature still. */
const LIKELY = 1e-2;
/**
 * What a difference may be off by: relative to the slope, to the norm of the whole network's gradient (small parts of a sum
 * are lost in float32), and at all. `smooth` is for losses whose differences agree among themselves, `kinked` for all others.
 */
const TOLERANCE = {
  smooth: { relative: 0.02, ofWhole: 3e-4, absolute: 1e-4 },
  kinked: { relative: 0.1, ofWhole: 0.02, absolute: 2e-3 },
} as const;
/**
 * Differences of so many neighbouring widths that agree within this share are the slope; the widest step is too wide for it,
 * and a difference that is mostly rounding has no say.
 */
const AGREEMENT = { widths: 4, share: 0.01, widest: 3e-2 } as const;
/** Where kinks lie dense, widths agree by chance now and then; a layer that is wrong shows in several directions. */
const CONFIRMED = 3;
/** Relative rounding of a loss in float32. */
const ROUNDING = 2 ** -23;

/**
 * For every parameter tensor that a phase moves: the derivative of the loss along a random direction of signs, and along the
 * gradient itself, by central differences at several widths. Where four widths in a row give one slope, the gradient must be
 * that one within 2 %. Where they do not, a kink of a rectifier is near, and one of them has to be roughly the gradient.
 * @throws GanError BAD_PLUGIN that names phase and parameter
 */
export async function expectGradients(scene: Scene): Promise<void> {
  const { game, state } = scene;
  for (const [index, { phase }] of game.phases.entries()) {
    const before = await state.read();
    const played = await scene.play(index);
    const after = await state.read();
    for (const network of phase.updates) await checkNetwork(scene, { index, network, before, played });
    await state.write(after);
  }
}

interface Played {
  readonly index: number;
  readonly network: string;
  readonly before: Readonly<Record<string, Float32Array>>;
  readonly played: HostTensors;
}

async function checkNetwork(scene: Scene, { index, network, before, played }: Played): Promise<void> {
  const { game, state } = scene;
  const { phase, groups } = game.phases[index];
  const entry = paramsEntry(network);
  const inputs = scene.drawn(index);
  const group = groups.findIndex(({ networks }) => networks.includes(network));
  const first = groups.slice(0, group).reduce((sum, { terms }) => sum + terms.length, 0);
  const lossAt = async (params: Float32Array): Promise<number> => {
    await state.write({ ...before, [entry]: params });
    const { data } = (await scene.evaluate(index, inputs))[SCALARS];
    return everyOf(phase) * groups[group].terms.reduce((sum, _, i) => sum + data[first + i], 0);
  };
  const loss = await lossAt(before[entry]);
  const { parts } = game.layouts[network].params;
  const gradients = parts.map(({ name }) => played[gradientOutput(network, name)].data as Float32Array);
  const whole = Math.hypot(...gradients.map(norm));
  const doubts: GanError[] = [];
  let offset = 0;
  for (const [i, part] of parts.entries()) {
    const size = sizeOf(part.shape);
    const own = before[entry].subarray(offset, offset + size);
    const width = Math.max(norm(own), 1e-2 * Math.sqrt(size));
    for (const direction of directionsOf(gradients[i], part.name)) {
      const analytic = direction.reduce((sum, d, k) => sum + d * gradients[i][k], 0);
      const differenceAt = async (step: number): Promise<number> => {
        const h = step * width;
        const up = await lossAt(moved(before[entry], offset, direction, h));
        return (up - (await lossAt(moved(before[entry], offset, direction, -h)))) / (2 * h);
      };
      const rounding = (ROUNDING * Math.max(Math.abs(loss), 1e-3)) / width;
      const wrong = await disagreement({ analytic, whole, rounding, differenceAt });
      if (!wrong) continue;
      const found = gradientWrong(`${game.variant}/${phase.name}`, `${network}/${part.name}`, { analytic, ...wrong });
      if (!wrong.smooth) throw found;
      doubts.push(found);
    }
    offset += size;
  }
  if (doubts.length >= CONFIRMED) throw doubts[0];
}

interface Slope {
  /** What the gradient says. */
  readonly analytic: number;
  /** Norm of the gradient of the whole network. */
  readonly whole: number;
  /** Error of a difference of width 1 by rounding of the loss. */
  readonly rounding: number;
  readonly differenceAt: (step: number) => Promise<number>;
}

/** @returns undefined when the slope is that of the differences, else what it should have been */
async function disagreement({
  analytic,
  whole,
  rounding,
  differenceAt,
}: Slope): Promise<{ readonly numeric: number; readonly smooth: boolean } | undefined> {
  const within = (numeric: number, { relative, ofWhole, absolute }: (typeof TOLERANCE)[keyof typeof TOLERANCE]) =>
    Math.abs(numeric - analytic) <=
    relative * Math.max(Math.abs(numeric), Math.abs(analytic)) + ofWhole * whole + absolute;

  const likely = await differenceAt(LIKELY);
  if (within(likely, TOLERANCE.smooth)) return undefined;
  const differences: { readonly step: number; readonly numeric: number }[] = [];
  for (const step of STEPS) differences.push({ step, numeric: step === LIKELY ? likely : await differenceAt(step) });
  if (!differences.some(({ numeric }) => within(numeric, TOLERANCE.kinked))) return { numeric: likely, smooth: false };
  const slopes = agreed(
    differences.filter(({ step }) => step <= AGREEMENT.widest),
    rounding,
  );
  if (slopes.length > 0 && !slopes.some((numeric) => within(numeric, TOLERANCE.smooth)))
    return { numeric: slopes[0], smooth: true };
  return undefined;
}

/** Every slope that neighbouring widths agree on: near a kink there may be one on either side of it. */
function agreed(
  differences: readonly { readonly step: number; readonly numeric: number }[],
  rounding: number,
): readonly number[] {
  const runs = differences
    .map((_, i) => differences.slice(i, i + AGREEMENT.widths))
    .filter(({ length }) => length === AGREEMENT.widths);
  return runs.flatMap((run) => {
    const exact = run.every(({ step, numeric }) => rounding / step <= AGREEMENT.share * Math.abs(numeric));
    const slopes = run.map(({ numeric }) => numeric);
    const [low, high] = [Math.min(...slopes), Math.max(...slopes)];
    return exact && high - low <= AGREEMENT.share * Math.max(Math.abs(low), Math.abs(high)) ? slopes : [];
  });
}

/** Unit vectors: of random signs, and along the gradient where there is one. */
function directionsOf(gradient: Float32Array, name: string): Float64Array[] {
  const random = stream(3, `testing/direction/${name}`).uniform(0, new Float32Array(gradient.length));
  const signs = Float64Array.from(random, (u) => (u < 0.5 ? -1 : 1) / Math.sqrt(gradient.length));
  const length = norm(gradient);
  return length > 0 ? [signs, Float64Array.from(gradient, (value) => value / length)] : [signs];
}

function moved(params: Float32Array, offset: number, direction: Float64Array, h: number): Float32Array {
  const values = params.slice();
  direction.forEach((d, i) => (values[offset + i] += h * d));
  return values;
}

const norm = (values: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] * values[i];
  return Math.sqrt(sum);
};
