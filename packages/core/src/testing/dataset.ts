/** @file The conformance suite of data sets: samples are functions of seed and position, and are what the set says they are. */
import type { DataSource, OpenDataset } from "../contracts/dataset.js";
import { sizeOf } from "../contracts/tensors.js";
import type { AnyDataset } from "../di.js";
import { declareTests, type Check, type Limit, type TestFramework } from "./check.js";
import { mustHold } from "./errors.js";
import { sameBits } from "./phases.js";

export interface DatasetCase {
  readonly dataset: AnyDataset;
  /** Parsed by the schema; default: all defaults. */
  readonly config?: unknown;
  /** A folder for what the data set keeps on the disk. */
  readonly home: string;
}

const N = 24;
/** Far enough to be in another pass over most finite sets. */
const FAR = 100_003;

/** The suite. Nothing is trained. */
export function datasetChecks({ dataset, config, home }: DatasetCase): readonly Check[] {
  const { name } = dataset;
  const open = (): Promise<OpenDataset> => dataset.open(config ?? dataset.config.parse({}), { home });
  const eachSplit = (body: (source: DataSource, where: string) => void) => async () => {
    const { train, test } = await open();
    body(train, `${name}/train`);
    body(test, `${name}/test`);
  };
  return [
    {
      name: "specification",
      proves: "it serves the fields that it declares, in their shapes and types, with points or images as x",
      gate: true,
      run: eachSplit(expectSpecification),
    },
    {
      name: "values",
      proves: "values are finite, images are in [-1,1], labels are whole numbers below their count",
      run: eachSplit(expectValues),
    },
    {
      name: "a function of seed and position",
      proves: "sample i is the same whatever batch it is served in, and whenever: exact resume rests on it",
      run: eachSplit(expectPositional),
    },
    {
      name: "seeds differ",
      proves: "another seed serves the samples in another order, or other ones",
      run: eachSplit((source, where) => {
        const [a, b] = [0, 1].map((seed) => source.batch({ seed, position: 0 }, N)["x"]);
        if (sameBits(a.data, b.data))
          throw mustHold(
            where,
            "seeds 0 and 1 must give different samples",
            "the same ones",
            "draw by stream(seed, name), or shuffle by it",
          );
      }),
    },
    {
      name: "batches are the caller's",
      proves: "writing into a batch changes no later one",
      run: eachSplit((source, where) => {
        const cursor = { seed: 0, position: 0 };
        const before = source.batch(cursor, N)["x"].data.slice();
        source.batch(cursor, N)["x"].data.fill(7);
        if (!sameBits(source.batch(cursor, N)["x"].data, before))
          throw mustHold(
            where,
            "a batch must belong to who asked for it",
            "one that a later batch shares memory with",
            "copy what is kept",
          );
      }),
    },
    {
      name: "fills an earlier batch",
      proves: "a batch may be written over by the next one, and is then the same as in arrays of its own",
      run: eachSplit(expectFilled),
    },
    {
      name: "splits differ",
      proves: "what is judged was not trained on",
      run: async () => {
        const { train, test } = await open();
        const [a, b] = [train, test].map((source) => source.batch({ seed: 0, position: 0 }, N)["x"].data);
        if (sameBits(a, b) || train.fingerprint === test.fingerprint)
          throw mustHold(
            name,
            "the test split must serve other samples, under another fingerprint",
            "those of the training split",
            "give every split a stream, or a part of the file, of its own",
          );
      },
    },
    {
      name: "opened again, the same",
      proves: "fingerprint and samples are functions of the settings",
      run: async () => {
        const [a, b] = [(await open()).train, (await open()).train];
        const [x, y] = [a, b].map((source) => source.batch({ seed: 3, position: FAR }, N)["x"].data);
        if (a.fingerprint !== b.fingerprint || !sameBits(x, y))
          throw mustHold(
            name,
            "opening it twice must give the same samples",
            "others",
            "keep clocks and Math.random out of it",
          );
      },
    },
  ];
}

function expectSpecification(source: DataSource, where: string): void {
  const { spec, fingerprint } = source;
  if (!("x" in spec.fields))
    throw mustHold(
      where,
      'there must be a field "x", the real sample',
      Object.keys(spec.fields).join(", "),
      "rename the field",
    );
  if ((spec.image === undefined) === (spec.points === undefined))
    throw mustHold(
      where,
      "exactly one of spec.image and spec.points must be set",
      spec.image ? "both" : "none",
      "say which kind x is",
    );
  const { image, points } = spec;
  const want = image ? [image.height, image.width, image.channels] : [points?.dim ?? 0];
  if (spec.fields["x"].shape.join() !== want.join())
    throw mustHold(
      where,
      `x must be [${want.join(",")}], as spec.${image ? "image" : "points"} says`,
      `[${spec.fields["x"].shape.join(",")}]`,
      "make the two agree",
    );
  if (!fingerprint)
    throw mustHold(
      where,
      "fingerprint must be a text that changes when what is served changes",
      JSON.stringify(fingerprint),
      "hash the file or name the parameters",
    );
  for (const field of spec.pairs ?? [])
    if (!(field in spec.fields))
      throw mustHold(where, "spec.pairs must name two fields", `"${field}"`, "name fields of spec.fields");
  const served = source.batch({ seed: 0, position: 0 }, N);
  for (const [field, { shape, dtype }] of Object.entries(spec.fields)) {
    const value = served[field];
    const expected = `${dtype} [${[N, ...shape].join(",")}]`;
    const got = value ? `${value.dtype} [${value.shape.join(",")}]` : "nothing";
    if (got !== expected || value.data.length !== N * sizeOf(shape))
      throw mustHold(where, `batch() must serve "${field}" as ${expected}`, got, "make batch() and spec.fields agree");
  }
}

function expectValues(source: DataSource, where: string): void {
  const { spec } = source;
  const served = source.batch({ seed: 0, position: 0 }, N);
  for (const [field, { dtype }] of Object.entries(spec.fields)) {
    const values = Array.from(served[field].data);
    const odd = values.find((value) => !Number.isFinite(value));
    if (odd !== undefined)
      throw mustHold(where, `"${field}" must be finite`, String(odd), "look for a division by 0 or a missing pixel");
    const outside = values.find((value) => Math.abs(value) > 1);
    if (spec.image && dtype === "float32" && outside !== undefined)
      throw mustHold(where, `images must be in [-1,1]`, String(outside), "scale bytes by value / 127.5 - 1");
  }
  const wrong = Array.from(served["c"]?.data ?? []).find((label) => !(label >= 0 && label < (spec.classes ?? 0)));
  if (wrong !== undefined)
    throw mustHold(
      where,
      `labels "c" must be below spec.classes = ${spec.classes}`,
      String(wrong),
      "count the classes from 0",
    );
}

function expectPositional(source: DataSource, where: string): void {
  for (const position of [0, FAR])
    for (const [field, whole] of Object.entries(source.batch({ seed: 5, position }, N))) {
      const size = whole.data.length / N;
      for (const i of [0, 1, N - 1]) {
        const [one] = [source.batch({ seed: 5, position: position + i }, 1)[field]];
        if (!sameBits(one.data, whole.data.slice(i * size, (i + 1) * size)))
          throw mustHold(
            where,
            `sample ${position + i} of "${field}" must be the same alone and as number ${i} of a batch`,
            "another one",
            "make it a function of seed and position: stream(seed, name).normal(position + i, …)",
          );
      }
    }
}

/** Sources may ignore the arrays that they are given, so that any of them passes that serves whole batches. */
function expectFilled(source: DataSource, where: string): void {
  const cursor = { seed: 6, position: 1 };
  const wanted = source.batch(cursor, N);
  for (const n of [N, N + 1]) {
    const earlier = source.batch({ seed: 7, position: FAR }, n);
    for (const [field, { data, shape }] of Object.entries(source.batch(cursor, N, earlier))) {
      if (shape.join() === wanted[field].shape.join() && sameBits(data, wanted[field].data)) continue;
      throw mustHold(
        where,
        `"${field}" must be the same in arrays of its own and in those of an earlier batch of ${n}`,
        "other samples",
        "write every value, and only into arrays of the right length",
      );
    }
  }
}

export interface TestDatasetOptions extends Partial<TestFramework>, Omit<DatasetCase, "dataset"> {
  readonly limits?: readonly Limit[];
  readonly title?: string;
}

/** Declares the whole suite as tests of vitest, jest, mocha or node:test. */
export function testDataset(dataset: AnyDataset, { title = dataset.name, ...options }: TestDatasetOptions): void {
  declareTests(title, datasetChecks({ ...options, dataset }), options);
}
