import { describe, expect, it } from "vitest";
import { tarOf } from "../test-support/archives.js";
import { tarEntries } from "./tar.js";

const bytes = (length: number) => Uint8Array.from({ length }, (_, i) => i % 251);

describe("tarEntries", () => {
  it("gives every file its own bytes, whether or not they fill a block of 512", () => {
    const files = { "package/a": bytes(512), "package/empty": bytes(0), "package/b": bytes(700) };
    const read = [...tarEntries(tarOf(files))].map(({ name, data }) => [name, Array.from(data)]);
    expect(read).toEqual(Object.entries(files).map(([name, data]) => [name, Array.from(data)]));
  });

  it("passes over folders, and joins the prefix of a long path", () => {
    const archive = tarOf({ folder: bytes(0), leaf: bytes(3) });
    archive[156] = "5".charCodeAt(0);
    Buffer.from("some/long/path").copy(archive, 512 + 345);
    expect([...tarEntries(archive)].map(({ name }) => name)).toEqual(["some/long/path/leaf"]);
  });

  it("says where an archive was cut off", () => {
    const archive = tarOf({ "package/a": bytes(700) });
    expect(() => [...tarEntries(archive.subarray(0, 1100))]).toThrow("the archive ends inside package/a");
  });
});
