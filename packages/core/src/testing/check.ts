/** @file What a check is, how a list of them is run, and how any test framework takes them in. */

/** A check that cannot say anything here, and why. */
export interface Skipped {
  readonly skipped: string;
}

/** One property of a plugin. It needs no test framework: it returns, or throws a message that says what to mend. */
export interface Check {
  readonly name: string;
  /** What is known when it passes. */
  readonly proves: string;
  /** The checks behind it mean nothing when it fails. */
  readonly gate?: boolean;
  /** Trains for up to minutes. */
  readonly slow?: boolean;
  readonly run: () => Promise<Skipped | void>;
}

export interface CheckResult {
  readonly name: string;
  readonly proves: string;
  readonly status: "passed" | "failed" | "skipped";
  readonly milliseconds: number;
  /** Why it failed or was skipped. */
  readonly message?: string;
  /** What was thrown, when it failed. */
  readonly error?: unknown;
}

/** Checks that a plugin is known not to pass. */
export interface Limit {
  readonly reason: string;
  /** Names of checks. */
  readonly tests: readonly string[];
}

/**
 * Runs checks one after the other; behind a gate that fails, the rest are skipped.
 * @param onResult told of each as it ends
 */
export async function runChecks(
  checks: readonly Check[],
  onResult?: (result: CheckResult) => void,
): Promise<readonly CheckResult[]> {
  const results: CheckResult[] = [];
  let closed: string | undefined;
  for (const { name, proves, gate, run } of checks) {
    const begun = performance.now();
    const outcome = closed === undefined ? await outcomeOf(run) : skippedBehind(closed);
    if (outcome.status === "failed" && gate) closed = name;
    const result = { name, proves, milliseconds: Math.round(performance.now() - begun), ...outcome };
    results.push(result);
    onResult?.(result);
  }
  return results;
}

type CheckOutcome = Pick<CheckResult, "status" | "message" | "error">;

const skippedBehind = (gate: string): CheckOutcome => ({
  status: "skipped",
  message: `it means nothing while "${gate}" fails`,
});

async function outcomeOf(run: Check["run"]): Promise<CheckOutcome> {
  try {
    const skipped = await run();
    return skipped ? { status: "skipped", message: skipped.skipped } : { status: "passed" };
  } catch (error) {
    return { status: "failed", message: error instanceof Error ? error.message : String(error), error };
  }
}

/** What `describe` and `it` of vitest, jest, mocha and node:test have in common. */
export interface TestFramework {
  readonly describe: (name: string, body: () => void) => unknown;
  readonly it: (name: string, body: () => Promise<void>, ...rest: never[]) => unknown;
}

/**
 * Declares one test for each check.
 * @param framework default: `describe` and `it` as globals
 * @throws TypeError when there are no such globals
 */
export function declareTests(
  title: string,
  checks: readonly Check[],
  { limits = [], ...framework }: Partial<TestFramework> & { readonly limits?: readonly Limit[] } = {},
): void {
  const globals = globalThis as unknown as Partial<TestFramework>;
  const { describe = globals.describe, it = globals.it } = framework;
  if (typeof describe !== "function" || typeof it !== "function")
    throw new TypeError(
      "there is no global describe() and it(); pass { describe, it }, of vitest or node:test for example",
    );
  const known = new Set(limits.flatMap(({ tests }) => tests));
  describe(title, () => {
    for (const { name, run } of checks)
      if (!known.has(name))
        it(name, async () => {
          await run();
        });
  });
}
