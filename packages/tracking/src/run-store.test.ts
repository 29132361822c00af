import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { allOf, createContainer, TRACKER } from "@gan-arena/core/base";
import { decode } from "fast-png";
import { describe, expect, it } from "vitest";
import { at, metric, specOf, status, temporaryHome, terms } from "../test-support/support.js";
import { ComparisonStore, type ComparisonSpec } from "./comparisons.js";
import { homeFailure, runFailure } from "./errors.js";
import { newComparisonId, newRunId } from "./ids.js";
import { register } from "./register.js";
import { RunStore } from "./run-store.js";

const errno = (code: string): Error => Object.assign(new Error(code), { code });

describe("names", () => {
  it("are time in UTC, variant, data set, seed and four characters", () => {
    const options = { now: new Date("2026-11-23T14:05:01.999Z"), random: () => 0 };
    expect(newRunId("wgan-gp", "mnist", 3, options)).toBe("20261123-140501-wgan-gp-mnist-s3-2222");
    expect(newRunId("./My Variant", "ring", 0, options)).toBe("20261123-140501-my-variant-ring-s0-2222");
    expect(newComparisonId("ring", options)).toBe("20261123-140501-compare-ring-2222");
  });
  it("differ within one second", () => {
    const now = new Date(0);
    const ids = new Set(Array.from({ length: 50 }, () => newRunId("gan", "ring", 0, { now })));
    // 50 draws of 32^4: the odds of any collision are 0.1 %.
    expect(ids.size).toBeGreaterThan(48);
  });
});

describe("RunStore", () => {
  it("makes nothing until the first run", async () => {
    const home = join(temporaryHome(), "arena");
    const store = RunStore.open(home);
    expect(store.list()).toEqual([]);
    expect(existsSync(home)).toBe(false);
    const run = await store.create(specOf("r1"));
    expect(readdirSync(join(home, "runs"))).toEqual(["r1"]);
    expect(JSON.parse(readFileSync(join(run.directory, "run.json"), "utf8"))).toEqual(specOf("r1"));
    expect(store.get("r1").spec).toEqual(specOf("r1"));
  });

  it("refuses a name that is taken or that is no name", async () => {
    const store = RunStore.open(temporaryHome());
    await store.create(specOf("r1"));
    await expect(store.create(specOf("r1"))).rejects.toMatchObject({ code: "BAD_CONFIG", exitCode: 2 });
    for (const id of ["../r2", "", ".r", "a/b", "a".repeat(200)])
      await expect(store.create(specOf(id))).rejects.toMatchObject({ code: "BAD_CONFIG" });
  });

  it("finds a run by the start of its name and names the nearest when there is none", async () => {
    const store = RunStore.open(temporaryHome());
    for (const id of ["alpha-1", "alpha-2", "beta-1"]) await store.create(specOf(id));
    expect(store.get("b").id).toBe("beta-1");
    expect(() => store.get("alpha")).toThrow(/"alpha" is the start of 2 runs; give more of the name: alpha-2, alpha-1/);
    expect(() => store.get("beta-2")).toThrow(/there is no run "beta-2"; did you mean "beta-1"\?/);
    expect(() => store.get("")).toThrow(/there is no run ""/);
    expect(() => store.get("../runs/beta-1")).toThrow(/there is no run/);
  });

  it("lists the newest eight, not hundreds, when a name is unknown", async () => {
    const store = RunStore.open(temporaryHome());
    for (let i = 10; i < 30; i++) await store.create(specOf(`run-${i}`));
    expect(() => store.get("run-1x")).toThrow(
      /did you mean "run-1\d"\? \(the newest of 20: run-29, run-28, .*run-22\)$/,
    );
  });

  it("lists newest first, with status and progress, and sets damaged folders apart", async () => {
    const home = temporaryHome();
    const store = RunStore.open(home);
    for (const id of ["1-done", "2-killed"]) {
      const tracker = store.tracker();
      await tracker.start(specOf(id));
      await tracker.log([status(0, "running"), terms(10, 1), metric(20, 5)]);
      await tracker.finish("finished");
    }
    const killed = join(home, "runs", "2-killed", "events.jsonl");
    writeFileSync(killed, readFileSync(killed, "utf8").split("\n").slice(0, 2).join("\n"));
    mkdirSync(join(home, "runs", "3-empty"));
    mkdirSync(join(home, "runs", "4-newer"));
    writeFileSync(
      join(home, "runs", "4-newer", "run.json"),
      JSON.stringify({ ...specOf("4-newer"), formatVersion: 2 }),
    );
    expect(store.list().map(({ run, summary }) => [run.id, summary.status, summary.kimg])).toEqual([
      ["2-killed", "interrupted", 0],
      ["1-done", "finished", 2],
    ]);
    expect(store.list()[0]?.summary.message).toMatch(/gan-arena resume 2-killed$/);
    expect(store.listDamaged()).toEqual([
      { id: "4-newer", problem: expect.stringMatching(/formatVersion must be 1, got 2/) },
      { id: "3-empty", problem: expect.stringMatching(/run\.json\] it cannot be read/) },
    ]);
  });

  it("reads more of a long file when the tail does not hold the metrics yet", async () => {
    const store = RunStore.open(temporaryHome());
    const tracker = store.tracker();
    await tracker.start(specOf("long"));
    await tracker.log([status(0, "running"), metric(1, 5)]);
    await tracker.log(Array.from({ length: 1000 }, (_, i) => terms(i + 2, i)));
    await tracker.finish("finished");
    const run = store.get("long");
    expect(readFileSync(run.eventsFile).length).toBeGreaterThan(65_536);
    expect(run.tailSummary()).toMatchObject({ status: "finished", round: 1001, metrics: { swd2k: { value: 5 } } });
    expect(await run.summary()).toEqual(run.tailSummary());
  });

  it("removes a run, but not one that is being written", async () => {
    const store = RunStore.open(temporaryHome());
    const tracker = store.tracker();
    await tracker.start(specOf("r1"));
    await expect(store.remove("r1")).rejects.toMatchObject({
      code: "NOT_WRITABLE",
      message: expect.stringMatching(/^\[r1\] the run is being written by this process/),
    });
    await tracker.finish("finished");
    await store.remove("r1");
    expect(readdirSync(join(store.home, "runs"))).toEqual([]);
  });

  it("says in one sentence that the home is no folder", () => {
    const file = join(temporaryHome(), "file");
    writeFileSync(file, "");
    for (const home of [file, join(file, "deeper")])
      expect(() => RunStore.open(home)).toThrow(
        `[home] ${home} cannot be written (ENOTDIR); choose another place with --home`,
      );
    expect(RunStore.open(file, { readOnly: true }).home).toBe(file);
  });

  it.each(["EACCES", "EROFS", "EPERM", "ENAMETOOLONG"])(
    "says in one sentence that the home is not writable: %s",
    (code) => {
      expect(homeFailure("/h", errno(code))).toMatchObject({
        code: "NOT_WRITABLE",
        exitCode: 2,
        message: `[home] /h cannot be written (${code}); choose another place with --home`,
      });
    },
  );

  it("says how to resume when the disk is full, and leaves faults of the program alone", () => {
    expect(runFailure("r1", "/h/runs/r1", errno("ENOSPC"))).toMatchObject({
      code: "NO_SPACE",
      message: "[r1] no space is left at /h/runs/r1; free some and resume with: gan-arena resume r1",
    });
    const fault = new TypeError("x");
    expect(runFailure("r1", "/h", fault)).toBe(fault);
    expect(homeFailure("/h", fault)).toBe(fault);
  });
});

describe("RunTracker", () => {
  it("resumes where it stopped and keeps the first run.json", async () => {
    const store = RunStore.open(temporaryHome());
    const first = store.tracker();
    await first.start(specOf("r1"));
    await first.log([status(0, "running"), terms(10, 1), status(10, "interrupted", "stopped")]);
    await first.finish("interrupted");
    expect(store.get("r1").owner).toBeUndefined();
    const second = store.tracker();
    await second.start(specOf("r1", { createdAt: "later" }));
    expect(await store.get("r1").summary()).toMatchObject({ status: "running", round: 10 });
    await second.log([terms(20, 2)]);
    await second.finish("finished");
    const run = store.get("r1");
    expect(run.spec.createdAt).toBe(specOf("r1").createdAt);
    expect((await run.history()).map((event) => event.kind)).toEqual(["status", "terms", "status", "terms", "status"]);
    expect(await run.summary()).toMatchObject({ status: "finished", round: 20, kimg: 2, seconds: 0.2 });
    expect(await run.summary()).not.toHaveProperty("message");
  });

  it("sweeps up what a killed process left half written", async () => {
    const store = RunStore.open(temporaryHome());
    const run = await store.create(specOf("r1"));
    mkdirSync(join(run.directory, "images"));
    const left = [".report.html.77.tmp", join("images", ".samples-000001.000.png.77.tmp")];
    for (const name of left) writeFileSync(join(run.directory, name), "half");
    const tracker = store.tracker();
    await tracker.start(specOf("r1"));
    await tracker.finish("finished");
    expect(readdirSync(run.directory, { recursive: true, encoding: "utf8" }).sort()).toEqual([
      "events.jsonl",
      "images",
      "run.json",
    ]);
  });

  it("does not log a status twice", async () => {
    const store = RunStore.open(temporaryHome());
    const tracker = store.tracker();
    await tracker.start(specOf("r1"));
    await tracker.log([status(5, "failed", "NaN in D/penalty")]);
    await tracker.finish("failed");
    expect(await store.get("r1").history()).toEqual([status(5, "failed", "NaN in D/penalty")]);
  });

  it("refuses to resume a run as another one", async () => {
    const store = RunStore.open(temporaryHome());
    await store.create(specOf("r1"));
    await expect(store.tracker().start(specOf("r1", { seed: 1 }))).rejects.toThrow(/started with another seed/);
    expect(store.get("r1").owner).toBeUndefined();
  });

  it("stores pictures as PNG and files under names that stay inside the run", async () => {
    const store = RunStore.open(temporaryHome());
    const tracker = store.tracker();
    await tracker.start(specOf("r1"));
    const grey = { width: 2, height: 1, channels: 1 as const, data: Uint8Array.of(0, 200) };
    const colour = { width: 1, height: 1, channels: 3 as const, data: Uint8Array.of(1, 2, 3) };
    expect(await tracker.image("samples", 1.5, grey)).toBe("images/samples-000001.500.png");
    expect(await tracker.image("x/../y", 1200, colour)).toBe("images/x-y-001200.000.png");
    const run = store.get("r1");
    expect(decode(await run.read("images/samples-000001.500.png"))).toMatchObject({ ...grey, depth: 8 });
    expect(decode(await run.read("images/x-y-001200.000.png"))).toMatchObject({ ...colour, depth: 8 });
    expect(await tracker.artifact("notes/a.txt", Buffer.from("hello"))).toBe("artifacts/notes/a.txt");
    expect(Buffer.from(await run.read("artifacts/notes/a.txt")).toString()).toBe("hello");
    for (const name of ["", "../../x", "/etc/x", "a//b", ".hidden", "a\\b", "a\0b"])
      await expect(tracker.artifact(name, Buffer.of(1))).rejects.toMatchObject({ code: "BAD_CONFIG" });
    await tracker.finish("finished");
  });

  it("is registered under the name store", async () => {
    const container = createContainer();
    register(container);
    const [factory] = allOf(container, TRACKER);
    expect(factory?.name).toBe("store");
    const home = temporaryHome();
    const tracker = factory?.create(specOf("r1"), home);
    await tracker?.start(specOf("r1"));
    await tracker?.finish("finished");
    expect(RunStore.open(home).get("r1").tailSummary().status).toBe("finished");
  });

  it("makes the events of a checkpoint durable before the checkpoint", async () => {
    const calls: string[] = [];
    const { nodeFileSystem } = await import("./file-system.js");
    const fs = {
      ...nodeFileSystem,
      async open(path: string, mode: "create" | "update") {
        const file = await nodeFileSystem.open(path, mode);
        const name = path.includes("events") ? "events" : path.includes("safetensors") ? "checkpoint" : "other";
        return {
          write: async (bytes: Uint8Array, position: number) => (
            calls.push(`${name} write`),
            file.write(bytes, position)
          ),
          sync: async () => (calls.push(`${name} sync`), file.sync()),
          truncate: (length: number) => file.truncate(length),
          close: () => file.close(),
        };
      },
    };
    const store = RunStore.open(temporaryHome(), { fs });
    const tracker = store.tracker();
    await tracker.start(specOf("r1"));
    await tracker.log([terms(10, 1)]);
    calls.length = 0;
    const file = await store.get("r1").checkpoints.save(10, Buffer.of(1));
    await tracker.log([{ ...at(10), kind: "checkpoint", file, sha256: "x" }]);
    expect(calls).toEqual(["events sync", "checkpoint write", "checkpoint sync", "events write", "events sync"]);
    await tracker.finish("finished");
  });
});

describe("ComparisonStore", () => {
  const spec = (id: string): ComparisonSpec => ({
    formatVersion: 1,
    comparisonId: id,
    createdAt: "2026-11-23T14:05:01.000Z",
    variants: ["gan", "dcgan"],
    seeds: [0],
    dataset: "mnist",
    datasetConfig: {},
    kimg: 10,
    metrics: ["swd2k"],
    options: {},
    cells: [{ variant: "gan", seed: 0 }],
  });

  it("keeps specs and reports", async () => {
    const store = ComparisonStore.open(join(temporaryHome(), "arena"));
    expect(store.list()).toEqual([]);
    await store.create(spec("c1"));
    const changed = { ...spec("c1"), cells: [{ variant: "gan", seed: 0, runId: "r1" }] };
    await store.save(changed);
    expect(store.get("c").spec).toEqual(changed);
    await store.create(spec("c2"));
    expect(store.list().map(({ id }) => id)).toEqual(["c2", "c1"]);
    const path = await store.write("c1", "report.html", "<p>µ</p>");
    expect(path).toBe(store.get("c1").reportFile);
    expect(readFileSync(path, "utf8")).toBe("<p>µ</p>");
    await expect(store.create(spec("c1"))).rejects.toMatchObject({ code: "BAD_CONFIG" });
    await expect(store.write("c1", "../x", "")).rejects.toMatchObject({ code: "BAD_CONFIG" });
    expect(() => store.get("d1")).toThrow(/there is no comparison "d1"/);
  });

  it("removes one for good, and leaves the others", async () => {
    const store = ComparisonStore.open(join(temporaryHome(), "arena"));
    const { directory } = await store.create(spec("c1"));
    await store.create(spec("c2"));
    await store.write("c1", "report.html", "<p>µ</p>");
    await store.remove("c1");
    expect(existsSync(directory)).toBe(false);
    expect(store.list().map(({ id }) => id)).toEqual(["c2"]);
    await expect(store.remove("c1")).rejects.toMatchObject({ code: "UNKNOWN_NAME" });
  });
});
