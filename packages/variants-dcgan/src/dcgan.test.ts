import { recordNetwork, tf, type BoundNetwork, type DataSpec } from "@gan-arena/core";
import { describe, expect, it } from "vitest";
import { dcganConfig } from "./config.js";
import { dcgan } from "./dcgan.js";

await tf.setBackend("cpu");

const digits = (classes?: number): DataSpec => ({
  name: "d",
  fields: { x: { shape: [28, 28, 1], dtype: "float32" }, ...(classes ? { c: { shape: [], dtype: "int32" } } : {}) },
  image: { height: 28, width: 28, channels: 1 },
  size: 9,
  ...(classes ? { classes } : {}),
});

describe("dcgan with labels", () => {
  const config = dcganConfig.parse({ conditional: true, filters: 2, zDim: 3 });

  it("refuses data without labels", () => {
    const message = '[dcgan/conditional] true needs labels, and "d" has none; leave it false';
    for (const part of ["networks", "phases", "views"] as const)
      expect(() => dcgan[part](config, digits())).toThrow(message);
  });

  it("tells G and D the label that comes with the real image, in both phases", () => {
    const heard: string[] = [];
    const listen =
      (name: string, result: tf.Tensor): BoundNetwork =>
      (...inputs) => {
        heard.push(`${name}(${inputs.length > 1 ? [...inputs[1].dataSync()].join() : ""})`);
        return result;
      };
    const nets = { G: listen("G", tf.zeros([2, 28, 28, 1])), D: listen("D", tf.zeros([2, 1])) };
    const inputs = { x: tf.zeros([2, 28, 28, 1]), z: tf.zeros([2, 3]), c: tf.tensor1d([4, 7], "int32") };
    const phases = dcgan.phases(config, digits(10));
    for (const phase of phases) phase.loss(nets, inputs, {});
    expect(heard).toEqual(["D(4,7)", "G(4,7)", "D(4,7)", "G(4,7)", "D(4,7)"]);
    expect(phases.map(({ draws }) => draws["c"])).toEqual([
      { kind: "batch", field: "c" },
      { kind: "batch", field: "c" },
    ]);
  });

  it("is judged by labels as the data have them, and shows one class in each column", () => {
    const [samples, classes] = dcgan.views(config, digits(10));
    expect([samples.name, samples.draws["c"]]).toEqual(["samples", { kind: "batch", field: "c" }]);
    expect([classes.name, classes.draws["c"], classes.columns]).toEqual(["classes", { kind: "cycle", size: 10 }, 10]);
  });

  it("without labels has one view and networks of one input, also where the data have labels", () => {
    const plain = dcganConfig.parse({ filters: 2, zDim: 3 });
    expect(dcgan.views(plain, digits(10)).map(({ name, draws }) => [name, Object.keys(draws)])).toEqual([
      ["samples", ["z"]],
    ]);
    const { G } = dcgan.networks(plain, digits(10));
    expect(recordNetwork("G", G).call(tf.zeros([2, 3])).shape).toEqual([2, 28, 28, 1]);
  });
});
