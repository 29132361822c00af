import { bindNetwork, initialValues, recordNetwork, sizeOf, tf, type DataSpec, type Tensor } from "@gan-arena/core";
import { describe, expect, test } from "vitest";
import { styleganConfig } from "./config.js";
import { mappingNetwork } from "./mapping.js";
import { planFor } from "./plan.js";

await tf.setBackend("cpu");

const data: DataSpec = {
  name: "pictures",
  fields: { x: { shape: [16, 16, 1], dtype: "float32" }, c: { shape: [], dtype: "int32" } },
  image: { height: 16, width: 16, channels: 1 },
  size: 10,
  classes: 3,
};
const z = tf.randomNormal([4, 5], 0, 1, "float32", 1);

/** M with its first parameters and a given wAvg; `written` collects what it writes to wAvg. */
function mapping(
  options: { readonly conditional?: boolean; readonly training?: boolean; readonly wAvg?: Tensor } = {},
) {
  const { conditional = false, training = false, wAvg = tf.ones([6]) } = options;
  const config = styleganConfig.parse({ zDim: 5, wDim: 6, wAvgDecay: 0.75, conditional });
  const network = mappingNetwork(config, planFor(config, data));
  const recorder = recordNetwork("M", network);
  recorder.call(z, ...(conditional ? [tf.zeros([4], "int32")] : []));
  const layout = recorder.layout();
  const flat = initialValues(layout, 0).params;
  let at = 0;
  const params = layout.params.parts.map(({ shape }) => {
    at += sizeOf(shape);
    return tf.tensor(flat.slice(at - sizeOf(shape), at), [...shape]);
  });
  const written: Tensor[] = [];
  const onStateWrite = (_: number, value: Tensor) => void written.push(value);
  return { M: bindNetwork(network, { layout, params, states: [wAvg], training, onStateWrite }), written };
}

describe("M", () => {
  test("does not see the length of z, only its direction", () => {
    const { M } = mapping();
    expect(M(tf.mul(z, 7)).dataSync()).toBeAllclose(M(z).dataSync(), 1e-4, 1e-5);
  });

  test("psi 1 is w, 0 is wAvg for every z, -1 is as far on the other side: 2 wAvg - w", () => {
    const { M } = mapping();
    const w = M(z).dataSync();
    expect(M(z, tf.scalar(1)).dataSync()).toBeAllclose(w, 1e-5, 1e-6);
    expect([...M(z, tf.scalar(0)).dataSync()]).toEqual(Array.from({ length: 24 }, () => 1));
    expect(M(z, tf.scalar(-1)).dataSync()).toBeAllclose(
      w.map((value) => 2 - value),
      1e-5,
      1e-6,
    );
  });

  test("moves wAvg by a quarter of the way to the mean of the batch, in training only", () => {
    const { M, written } = mapping({ training: true });
    const mean = tf.mean(M(z), 0).dataSync();
    expect(written).toHaveLength(1);
    expect(written[0].dataSync()).toBeAllclose(
      mean.map((value) => 0.75 + 0.25 * value),
      1e-5,
    );
    const quiet = mapping();
    quiet.M(z);
    expect(quiet.written).toEqual([]);
  });

  test("depends on the label when there is one", () => {
    const { M } = mapping({ conditional: true });
    const [zero, one] = [0, 1].map((label) => M(z, tf.tensor1d([label, label, label, label], "int32")).dataSync());
    expect(one).not.toBeAllclose(zero, 1e-2, 1e-2);
    expect(
      M(z, tf.tensor1d([0, 1, 0, 1], "int32"))
        .dataSync()
        .subarray(6, 12),
    ).toBeAllclose(one.subarray(6, 12), 1e-5, 1e-6);
  });
});
