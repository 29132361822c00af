/** @file Native TensorFlow: one command builds it from npm and PyPI, and it plays what the reference plays. */
import { expect, it } from "vitest";
import { arena, arenaJson, suiteFolder } from "../support/command.js";

const home = suiteFolder();
const NAME = "tfjs-node-gpu";

it.runIf(process.platform === "linux")(
  "is built against the wheel without CUDA, and trains as the reference does",
  async () => {
    const absent = await arena(["train", "gan", "--dataset", "ring", "--engine", NAME, "--home", home]);
    expect(absent.code).toBe(2);
    expect(absent.stderr).toContain(`build it with: gan-arena engine build ${NAME}`);

    await arenaJson(["engine", "build", NAME, "--cpu", "--home", home]);

    const train = (engine: string) =>
      arenaJson<{ metrics: Record<string, number> }>([
        "train",
        "gan",
        "--dataset",
        "ring",
        "--kimg",
        "0.64",
        "--engine",
        engine,
        "--threads",
        "1",
        "--home",
        home,
      ]);
    const [native, reference] = [(await train(NAME)).metrics, (await train("cpu")).metrics];
    // Ten steps from the same weights and noise: rounding has had no time to grow.
    expect(Math.abs(native["swd-points2k"] / reference["swd-points2k"] - 1)).toBeLessThan(1e-3);

    const checked = await arena([
      "check-variant",
      "wgan-gp",
      "--quick",
      "--engine",
      NAME,
      "--threads",
      "1",
      "--home",
      home,
    ]);
    expect(checked.stdout).toContain("wgan-gp: all checks passed");
  },
);
