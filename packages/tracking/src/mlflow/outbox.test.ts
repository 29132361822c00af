import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryHome } from "../../test-support/support.js";
import { nodeFileSystem, type FileSystem } from "../file-system.js";
import { lastServerOf, Outbox, type Cursor } from "./outbox.js";
import { START } from "./tail.js";

const cursor = (id: string): Cursor => ({
  formatVersion: 1,
  id,
  experiment: { id: "1", createdAt: 5 },
  mlflowRunId: "abc",
  place: START,
  seen: { terms: 3 },
  description: "",
  ending: "RUNNING",
  files: {},
});

test("keeps a cursor for each run and server, and knows where a run was sent last", async () => {
  const home = temporaryHome();
  const [one, two] = [Outbox.open(home, "http://a:1"), Outbox.open(home, "http://b:1")];
  await one.write(cursor("r"));
  expect(one.read("r")).toEqual(cursor("r"));
  expect([two.read("r"), one.read("other")]).toEqual([undefined, undefined]);
  expect([lastServerOf(home, "r"), lastServerOf(home, "other")]).toEqual(["http://a:1", undefined]);
});

test("a damaged cursor is none: everything is sent again", async () => {
  const outbox = Outbox.open(temporaryHome(), "http://a:1");
  await outbox.write(cursor("r"));
  const file = join(outbox.directory, "r.json");
  writeFileSync(file, readFileSync(file, "utf8").slice(0, 40));
  expect(outbox.read("r")).toBeUndefined();
});

test("a full disk is one sentence, and the cursor from before stays", async () => {
  let full = false;
  const fs: FileSystem = {
    ...nodeFileSystem,
    open: (path, mode) =>
      full
        ? Promise.reject(Object.assign(new Error("ENOSPC: no space left on device"), { code: "ENOSPC" }))
        : nodeFileSystem.open(path, mode),
  };
  const outbox = Outbox.open(temporaryHome(), "http://a:1", fs);
  await outbox.write(cursor("r"));
  full = true;
  await expect(outbox.write({ ...cursor("r"), ending: "FINISHED 9" })).rejects.toThrow(
    /^\[mlflow .*\] no space is left, so how far runs were sent is not noted down; mend that and send the rest with: gan-arena sync$/u,
  );
  expect(outbox.read("r")).toEqual(cursor("r"));
});

test("one process sends a target at a time", async () => {
  const outbox = Outbox.open(temporaryHome(), "http://a:1");
  const lock = await outbox.lock("r");
  await expect(outbox.lock("r")).rejects.toThrow(/^\[r\] it is being sent to MLflow by this process; wait for it/u);
  await lock.release();
  await (await outbox.lock("r")).release();
});
