import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { encodeParams, readSpace } from "../../space/index.js";
import { History } from "../../study/index.js";
import { uniforms } from "../../math/random.js";
import { dimensionOf } from "./dimension.js";
import { ParzenEstimator } from "./parzen.js";

type Row = Readonly<Record<string, number>>;
interface Recorded {
  readonly densities: readonly {
    readonly observed: readonly Row[];
    readonly points: readonly Row[];
    readonly logPdf: readonly number[];
  }[];
}
const file = new URL("../../../test-support/optuna.json", import.meta.url);
const { densities } = JSON.parse(readFileSync(file, "utf8")) as Recorded;

const DEFINITIONS = {
  x: { distribution: "uniform", min: -5, max: 10 },
  l: { distribution: "log_uniform_values", min: 1e-5, max: 1e-1 },
  i: { min: 1, max: 9 },
  li: { min: 1, max: 128, log: true, int: true },
  s: { min: 0, max: 2, step: 0.25 },
  c: { values: ["a", "b", "c"] },
} as const;
const paramsOf = ({ c, ...numbers }: Row) => (c === undefined ? numbers : { ...numbers, c: ["a", "b", "c"][c] });
const spaceOf = ([row]: readonly Row[]) =>
  readSpace(Object.fromEntries(Object.entries(DEFINITIONS).filter(([name]) => name in row)));

function estimatorOf(observed: readonly Row[]): ParzenEstimator {
  const space = spaceOf(observed);
  const history = new History(space, ["minimize"]);
  observed.forEach((row, number) => history.add(number, paramsOf(row)));
  const dimensions = space.parameters.flatMap((_, index) => dimensionOf(space, index) ?? []);
  return new ParzenEstimator(dimensions, history, Int32Array.from(observed.keys()));
}

it.each(densities.map((recorded) => ({ ...recorded, n: recorded.observed.length })))(
  "densities of $n trials are Optuna's: floats, logarithms, whole numbers, steps, choices",
  ({ observed, points, logPdf }) => {
    const space = spaceOf(observed);
    const ours = estimatorOf(observed).logPdf(points.map((row) => encodeParams(space, paramsOf(row))));
    expect([...ours]).toBeAllclose(logPdf, 1e-9, 1e-9);
  },
);

it("draws from the density that it states: its first parameter in 15 bins", () => {
  const estimator = estimatorOf(densities[2].observed);
  const count = 20_000;
  const u = uniforms(3, "test", 0, count * 7);
  const bins = new Float64Array(15);
  for (let k = 0; k < count; k++)
    bins[Math.min(14, Math.floor(estimator.sample(u.subarray(7 * k, 7 * k + 7))[0] + 5))]++;
  // The marginal of x: an estimator of that parameter alone, integrated over each bin by 200 midpoints.
  const alone = estimatorOf(densities[2].observed.map(({ x }) => ({ x })));
  const expected = bins.map((_, bin) => {
    const points = Array.from({ length: 200 }, (_, i) => Float64Array.of(bin - 5 + (i + 0.5) / 200));
    return alone.logPdf(points).reduce((sum, log) => sum + Math.exp(log) / 200, 0);
  });
  expect(expected.reduce((a, b) => a + b, 0)).toBeAllclose(1, 1e-4);
  expect(bins.map((n) => n / count)).toBeAllclose(expected, 0, 4.5 * Math.sqrt(0.25 / count));
});
