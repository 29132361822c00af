import { describe, expect, it } from "vitest";
import { MlflowApiError, noConnection, notMlflow, timedOut } from "../errors.js";
import { DEFAULT_RETRY, delayBefore, mayRetry, parseRetryAfter } from "./retry.js";

const policy = { ...DEFAULT_RETRY, baseDelayMs: 500, jitterMs: 250, maxDelayMs: 30_000, random: () => 0.5 };
const answered = (status: number) =>
  new MlflowApiError("", {
    status,
    errorCode: "X",
    serverMessage: "",
    retryAfterMs: undefined,
    transient: true,
    ambiguous: status >= 500,
  });

describe("delayBefore", () => {
  it("doubles from 500 ms, adds half of the jitter of 250 ms, and stops at 30 s", () => {
    expect([0, 1, 2, 6, 20].map((retry) => delayBefore(retry, undefined, policy))).toEqual([
      625, 1125, 2125, 30_125, 30_125,
    ]);
  });

  it("waits as long as the server asks when that is longer, unless told not to", () => {
    expect(delayBefore(0, 7000, policy)).toBe(7000);
    expect(delayBefore(0, 100, policy)).toBe(625);
    expect(delayBefore(0, 7000, { ...policy, respectRetryAfter: false })).toBe(625);
  });
});

describe("parseRetryAfter", () => {
  it("reads seconds and dates", () => {
    const now = Date.parse("2026-01-01T00:00:00Z");
    expect(parseRetryAfter("3", now)).toBe(3000);
    expect(parseRetryAfter("Thu, 01 Jan 2026 00:00:05 GMT", now)).toBe(5000);
    expect(parseRetryAfter("Thu, 01 Jan 1998 00:00:05 GMT", now)).toBe(0);
    expect([parseRetryAfter(undefined, now), parseRetryAfter("soon", now)]).toEqual([undefined, undefined]);
  });
});

describe("mayRetry", () => {
  const refused = noConnection("x", new Error("ECONNREFUSED"), false);
  const reset = noConnection("x", new Error("ECONNRESET"), true);

  it("repeats what is safe after 408, 429, 5xx, resets and timeouts", () => {
    for (const error of [answered(408), answered(429), answered(500), answered(503), refused, reset, timedOut("x", 1)])
      expect(mayRetry(error, "safe")).toBe(true);
  });

  it("repeats what makes something new only when nothing can have been made", () => {
    const errors = [answered(408), answered(429), refused, answered(500), answered(503), reset, timedOut("x", 1)];
    expect(errors.map((error) => mayRetry(error, "unsafe"))).toEqual([true, true, true, false, false, false, false]);
  });

  it("does not repeat mistakes, foreign pages and wrong certificates", () => {
    const certificate = noConnection("x", Object.assign(new Error(""), { code: "DEPTH_ZERO_SELF_SIGNED_CERT" }), false);
    const page = notMlflow("x", { status: 404, errorCode: "UNKNOWN", serverMessage: "", retryAfterMs: undefined });
    for (const error of [certificate, page, new Error("any")]) expect(mayRetry(error, "safe")).toBe(false);
  });
});
