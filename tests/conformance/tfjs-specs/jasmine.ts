/**
 * @file What the op specs of TensorFlow.js expect of jasmine, said with vitest: they are run as they were published.
 *
 * It stands in for `jasmine_util`, which would load jasmine and its table of browsers.
 */
import { tf } from "@gan-arena/core";
import { enableEvaluation } from "@gan-arena/engine";
import * as vitest from "vitest";
import { REFUSALS, SPECS } from "./excluded.js";

interface Environment {
  readonly name: string;
  readonly backendName: string;
  readonly isDataSync: boolean;
}

interface Constraints {
  readonly flags?: Readonly<Record<string, unknown>>;
  readonly predicate?: (environment: Environment) => boolean;
}

export const ALL_ENVS: Constraints = {};
export const NODE_ENVS: Constraints = {};
const NOWHERE: Constraints = { predicate: () => false };
export const CHROME_ENVS = NOWHERE;
export const BROWSER_ENVS = NOWHERE;
export const HAS_WORKER = NOWHERE;
export const HAS_NODE_WORKER = NOWHERE;
/** Specs that read by `dataSync()`: an engine that computes elsewhere cannot answer them. */
export const SYNC_BACKEND_ENVS: Constraints = { predicate: ({ isDataSync }) => isDataSync };

let file = "";
let environment: Environment;

/** Specs that are made from here on belong to this file of TensorFlow.js. */
export function beginFile(name: string): void {
  file = name;
  environment = { name: "onnx", backendName: enableEvaluation(), isDataSync: false };
}

export function describeWithFlags(name: string, { predicate }: Constraints, body: (env: Environment) => void): void {
  if (predicate && !predicate(environment)) return;
  vitest.describe(`${file}: ${name}`, () => {
    vitest.beforeAll(async () => {
      await tf.setBackend(environment.backendName);
    });
    vitest.beforeEach(() => {
      tf.engine().startScope();
    });
    vitest.afterEach(() => {
      tf.engine().endScope();
      tf.disposeVariables();
    });
    body(environment);
  });
}

type Done = (() => void) & { fail: (reason?: unknown) => void };

/** A spec ends with its promise or, where it takes one, with its callback. */
const finished = (body: (done?: Done) => unknown): Promise<unknown> =>
  body.length === 0
    ? Promise.resolve().then(() => body())
    : new Promise<void>((resolve, reject) => {
        const fail = (reason?: unknown): void => reject(reason instanceof Error ? reason : new Error("done.fail()"));
        body(Object.assign(() => resolve(), { fail }));
      });

/** Runs a spec. One that is listed must fail, and with the error that its reason names, else it counts as failed. */
function it(name: string, body: (done?: Done) => unknown): void {
  vitest.it(name, async ({ task, skip }) => {
    const listed = SPECS.find(({ specs }) => specs.includes(`${task.suite?.name ?? ""}: ${name}`));
    let failure: Error | undefined;
    try {
      await finished(body);
    } catch (error) {
      failure = error instanceof Error ? error : new Error("a spec threw what is not an error", { cause: error });
    }
    if (failure === undefined) {
      if (listed) throw new Error(`passes now: take it from the list "${listed.reason}"`);
      return;
    }
    const { message } = failure;
    const refused = REFUSALS.find(({ error }) => error.test(message));
    if (listed === undefined && refused === undefined) throw failure;
    skip((listed ?? refused)?.reason);
  });
}

// `expect().nothing()` is how jasmine marks a spec that only must not throw.
const expectation = (received: unknown): object => Object.assign(vitest.expect(received), { nothing: () => undefined });

vitest.expect.extend({
  toBeTrue: (received: unknown) => ({
    pass: received === true,
    message: () => `expected true, got ${String(received)}`,
  }),
  toBeFalse: (received: unknown) => ({
    pass: received === false,
    message: () => `expected false, got ${String(received)}`,
  }),
});

Object.assign(globalThis, {
  describe: vitest.describe,
  it,
  expect: Object.assign(expectation, vitest.expect),
  beforeAll: vitest.beforeAll,
  beforeEach: vitest.beforeEach,
  afterAll: vitest.afterAll,
  afterEach: vitest.afterEach,
  spyOn: vitest.vi.spyOn,
  // A spec sets its time limit; here the project has one for all.
  jasmine: {},
  fail: (message: string) => {
    throw new Error(message);
  },
});
