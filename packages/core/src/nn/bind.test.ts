import { describe, expect, test } from "vitest";
import type { Network } from "../contracts/variant.js";
import { GanError } from "../errors.js";
import { tf, type Tensor } from "../tensor/tf.js";
import { bindNetwork, type NetworkBinding } from "./bind.js";
import { normalInit, ones, zeros } from "./initializers.js";
import { initialValues, recordNetwork, type NetworkLayout } from "./record.js";

await tf.setBackend("cpu");

const x = tf.tensor2d([[1, 2, 3]]);
const record = (network: Network, ...inputs: Tensor[]): NetworkLayout => {
  const recorder = recordNetwork("G", network);
  recorder.call(...inputs);
  return recorder.layout();
};
const names = (layout: NetworkLayout): string[] => layout.params.parts.map((part) => part.name);

function caught(body: () => unknown): GanError {
  try {
    body();
  } catch (error) {
    if (error instanceof GanError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

describe("names", () => {
  test("are counted per call, inside each scope", () => {
    const network: Network = (nn, x) => {
      const y = nn.dense(nn.dense(x, 2), 2, { bias: false });
      return nn.scope("block", (nn) => nn.dense(nn.dense(y, 1), 1, { name: "last" }));
    };
    const recorder = recordNetwork("G", network);
    recorder.call(x);
    recorder.call(x);
    expect(names(recorder.layout())).toEqual([
      "dense/weight",
      "dense/bias",
      "dense_1/weight",
      "block/dense/weight",
      "block/dense/bias",
      "block/last/weight",
      "block/last/bias",
    ]);
  });

  test("a name used twice", () => {
    const network: Network = (nn, x) => nn.dense(nn.dense(x, 2, { name: "a" }), 2, { name: "a" });
    expect(caught(() => record(network, x)).message).toMatch(/^\[G\/a\/weight\] a name must be used once/);
  });

  test("a name with a slash", () => {
    const network: Network = (nn, x) =>
      tf.add(
        x,
        nn.scope("b", (nn) => nn.param("a/b", [3], zeros)),
      );
    expect(caught(() => record(network, x)).message).toMatch(/^\[G\/b\] a name must be letters.*got "a\/b"/);
  });
});

describe("recording", () => {
  test("keeps shapes, roles and initialisers in order of first use", () => {
    const network: Network = (nn, x) => nn.batchNorm(nn.conv2d(x, 5, { kernel: [2, 3], init: ones }));
    const layout = record(network, tf.zeros([1, 4, 4, 3]));
    expect(layout.params.parts).toEqual([
      { name: "conv2d/filter", shape: [2, 3, 3, 5], role: "filter" },
      { name: "conv2d/bias", shape: [5], role: "plain" },
      { name: "batchNorm/scale", shape: [5], role: "plain" },
      { name: "batchNorm/shift", shape: [5], role: "plain" },
    ]);
    expect(layout.states.parts.map((part) => part.name)).toEqual(["batchNorm/mean", "batchNorm/variance"]);
    expect(layout.paramInit[0]).toBe(ones);
  });

  test("a shape that changes between calls", () => {
    const recorder = recordNetwork("G", (nn, x) => nn.dense(x, 2));
    recorder.call(x);
    const error = caught(() => recorder.call(tf.zeros([1, 4])));
    expect(error.code).toBe("SHAPE_MISMATCH");
    expect(error.message).toMatch(
      /^\[G\/dense\/weight\] this parameter must be \[3,2\] as when it was made, got \[4,2\]/,
    );
  });
});

describe("initialValues", () => {
  const network: Network = (nn, x) => {
    nn.state("count", [], ones);
    return nn.dense(x, 2, { init: normalInit(1), biasInit: ones });
  };

  test("is flat, in the order of the packing", () => {
    const { params, states } = initialValues(record(network, x), 3);
    expect(params).toHaveLength(3 * 2 + 2);
    expect(params.slice(6)).toEqual(Float32Array.of(1, 1));
    expect([...states]).toEqual([1]);
  });

  test("depends on seed, network and part only, not on what else there is", () => {
    const larger: Network = (nn, x) =>
      nn.dense(nn.dense(x, 3, { name: "first" }), 2, { init: normalInit(1), name: "dense" });
    const small = initialValues(record(network, x), 3).params;
    const large = initialValues(record(larger, x), 3).params;
    expect(large.slice(12, 18)).toEqual(small.slice(0, 6));
    expect(initialValues(record(network, x), 4).params.slice(0, 6)).not.toEqual(small.slice(0, 6));
    expect(initialValues({ ...record(network, x), name: "D" }, 3).params.slice(0, 6)).not.toEqual(small.slice(0, 6));
  });

  test("an initialiser that returns too few values", () => {
    const wrong: Network = (nn, x) =>
      tf.add(
        x,
        nn.param("p", [3], () => new Float32Array(2)),
      );
    expect(caught(() => initialValues(record(wrong, x), 0)).message).toMatch(
      /^\[G\/p\] its initializer must return 3 values, got 2/,
    );
  });
});

describe("bindNetwork", () => {
  const counting: Network = (nn, x) => {
    const cell = nn.state("count", [], zeros);
    if (nn.training) cell.write(tf.add(cell.read(), 1));
    return tf.mul(x, cell.read());
  };
  const layout = record(counting, x);
  const bind = (options: Partial<NetworkBinding>, network = counting) =>
    bindNetwork(network, { layout, params: [], states: [tf.scalar(5)], training: true, ...options });

  test("looks values up by name: x W + b = [1,2,3] [[1],[2],[3]] + 4 = 18", () => {
    const network: Network = (nn, x) => nn.dense(x, 1);
    const params = [tf.tensor2d([[1], [2], [3]]), tf.tensor1d([4])];
    const G = bindNetwork(network, { layout: record(network, x), params, states: [], training: true });
    expect(G(x).dataSync()).toBeAllclose([18]);
    expect(G(x).dataSync()).toBeAllclose([18]);
  });

  test("a write is seen by the next read, in the same call and in the next", () => {
    const written: [number, number][] = [];
    const G = bind({ onStateWrite: (index, value) => written.push([index, value.dataSync()[0]]) });
    expect(G(x).dataSync()).toBeAllclose([6, 12, 18]);
    expect(G(x).dataSync()).toBeAllclose([7, 14, 21]);
    expect(written).toEqual([
      [0, 6],
      [0, 7],
    ]);
  });

  test("without a listener states are constants", () => {
    const G = bind({});
    expect(G(x).dataSync()).toBeAllclose([5, 10, 15]);
    expect(G(x).dataSync()).toBeAllclose([5, 10, 15]);
  });

  test("outside training a network sees nn.training false", () => {
    expect(bind({ training: false, onStateWrite: () => undefined })(x).dataSync()).toBeAllclose([5, 10, 15]);
  });

  test("a state carries no gradient: d/dx of x * count(x) is count", () => {
    const network: Network = (nn, x) => {
      const cell = nn.state("count", [], zeros);
      cell.write(tf.sum(x));
      return tf.mul(x, cell.read());
    };
    const G = bind({ onStateWrite: () => undefined }, network);
    expect(
      tf
        .grad((x: Tensor) => tf.sum(G(x)))(x)
        .dataSync(),
    ).toBeAllclose([6, 6, 6]);
  });

  test("a parameter that was never created, with the nearest name", () => {
    const network: Network = (nn, x) => nn.dense(x, 1);
    const G = bindNetwork((nn, x) => nn.dense(x, 1, { name: "dens" }), {
      layout: record(network, x),
      params: [tf.zeros([3, 1]), tf.zeros([1])],
      states: [],
      training: true,
    });
    expect(caught(() => G(x)).message).toMatch(
      /^\[G\/dens\/weight\] a parameter was expected.*did you mean "dense\/weight"/,
    );
  });

  test("a network that returns nothing, and one that throws, with the shapes of its inputs", () => {
    expect(caught(() => record(() => undefined as never, x)).message).toBe(
      "[G] the network must return a tensor, got undefined; return what the last op returns: scores [N,1] for a critic, samples like x for a generator",
    );
    const throws: Network = () => {
      throw new RangeError("too deep");
    };
    expect(caught(() => record(throws, x, x)).message).toMatch(
      /^\[G\] the network, called with \[1,3\] and \[1,3\], threw: too deep; make the shapes/u,
    );
  });

  test("a state written with another shape", () => {
    const network: Network = (nn, x) => {
      nn.state("count", [], zeros).write(x);
      return x;
    };
    expect(caught(() => bind({ onStateWrite: () => undefined }, network)(x)).message).toMatch(
      /^\[G\/count\] .* must be \[\], got \[1,3\]/,
    );
    expect(caught(() => record(network, x)).code).toBe("SHAPE_MISMATCH");
  });

  test("a layout and values that do not fit", () => {
    expect(caught(() => bind({ states: [] })).message).toMatch(/^\[G\] 1 states were expected, got 0/);
  });
});
