/** @file The promise about digits: after 20 kimg DCGAN's pictures are nearer to real digits than blur, noise or one digit. */
import { readFileSync } from "node:fs";
import { float32, fromLogged, sizeOf, stream, type HostTensor } from "@gan-arena/core/base";
import { mnist } from "@gan-arena/datasets";
import { swdPatches } from "@gan-arena/metrics";
import { expect, it } from "vitest";
import { arenaJson, suiteFolder, type TrainDocument } from "../support/command.js";

const home = suiteFolder();
const SIDE = 28;

/** Means over 3x3 neighbours, `times` times: the edges go first. */
function blur(images: HostTensor, times: number): HostTensor {
  let data = Float32Array.from(images.data);
  for (let i = 0; i < times; i++)
    data = data.map((_, at) => {
      const [first, x, y] = [at - (at % SIDE ** 2), at % SIDE, Math.floor((at % SIDE ** 2) / SIDE)];
      let [sum, count] = [0, 0];
      for (let dy = -1; dy <= 1; dy++)
        for (let dx = -1; dx <= 1; dx++)
          if (x + dx >= 0 && x + dx < SIDE && y + dy >= 0 && y + dy < SIDE) {
            sum += data[first + (y + dy) * SIDE + x + dx] ?? 0;
            count++;
          }
      return sum / count;
    });
  return float32(images.shape, data);
}

it("dcgan after 20 kimg is far from noise, from blurred digits and from one digit repeated, and not nearer than real ones", async () => {
  const { train, test } = await mnist.open(mnist.config.parse({}), { home });
  const real = (n: number): HostTensor => train.batch({ seed: 5, position: 0 }, n)["x"];
  const score = async (generate: (n: number) => HostTensor): Promise<number> =>
    (await swdPatches.compute({ seed: 0, train, test, generate: (n) => Promise.resolve(generate(n)) })).value;

  const bounds = {
    real: await score(real),
    blurred: await score((n) => blur(real(n), 1)),
    noise: await score((n) => {
      const shape = [n, SIDE, SIDE, 1];
      const values = stream(5, "tests/noise").uniform(0, new Float32Array(sizeOf(shape)));
      return float32(
        shape,
        values.map((value) => 2 * value - 1),
      );
    }),
    oneDigit: await score((n) => {
      const { data } = real(1);
      return float32(
        [n, SIDE, SIDE, 1],
        Float32Array.from({ length: n * data.length }, (_, i) => data[i % data.length] ?? 0),
      );
    }),
  };
  const run = await arenaJson<TrainDocument>([
    "train",
    "dcgan",
    "--dataset",
    "mnist",
    "--kimg",
    "20",
    "--metrics",
    "swd-patches2k",
    "--metric-kimg",
    "1000",
    "--home",
    home,
  ]);
  const trained = run.metrics["swd-patches2k"] ?? NaN;
  console.info(JSON.stringify({ trained, ...bounds, seconds: run.seconds }));
  expect(trained).toBeGreaterThan(bounds.real);
  expect(trained).toBeLessThan(0.75 * Math.min(bounds.blurred, bounds.noise, bounds.oneDigit));
  expect(readFileSync(`${run.directory}/events.jsonl`, "utf8")).toContain('"finished"');
  expect(fromLogged(run.kimg)).toBeCloseTo(20, 1);
});
