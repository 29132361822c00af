/** @file Files of runs and models, through the tracking server. */
import { randomUUID } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { artifactDiffers } from "../errors.js";
import type { Connection, RawRequest } from "../http/connection.js";
import type { TransportResponse } from "../http/transport.js";
import type { ArtifactInfo, ArtifactOwner, CallOptions } from "../types.js";
import { checkArtifactPath } from "../validate.js";
import { artifactOf } from "../wire/decode.js";
import type { Fields } from "../wire/fields.js";
import { ArtifactRoots } from "./artifact-roots.js";
import { openSource, type ArtifactSource } from "./artifact-source.js";

export interface UploadOptions extends CallOptions {
  /** Asks the server afterwards how many bytes it has. */
  readonly verify?: boolean;
}

export class ArtifactsApi {
  readonly #roots: ArtifactRoots;

  constructor(private readonly connection: Connection) {
    this.#roots = new ArtifactRoots(connection);
  }

  /**
   * Writes a file; what was there is replaced. An upload that breaks off leaves nothing behind and is tried again.
   * @param path from the root of the artifacts, folders are made: `images/samples.png`
   * @example await client.artifacts.upload({ runId }, "model/G.onnx", { file: "G.onnx" });
   */
  async upload(owner: ArtifactOwner, path: string, source: ArtifactSource, options: UploadOptions = {}): Promise<void> {
    checkArtifactPath(path);
    const { size, body } = await openSource(path, source);
    const request = await this.#request("PUT", owner, path, options);
    const headers = { "content-type": "application/octet-stream", "content-length": `${size}` };
    await this.connection.exchange({ ...request, headers, body }, drained, options);
    if (options.verify) await this.#verify(owner, path, size, options);
  }

  /** Writes every file of a local folder. @param path where to, the root when empty @returns how many files */
  async uploadFolder(owner: ArtifactOwner, path: string, folder: string, options?: UploadOptions): Promise<number> {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    for (const file of files.sort()) {
      const relative = file.slice(join(folder, "/").length).replaceAll("\\", "/");
      await this.upload(owner, path === "" ? relative : `${path}/${relative}`, { file }, options);
    }
    return files.length;
  }

  /** The files and folders in a folder. @param path the root when empty */
  async list(owner: ArtifactOwner, path = "", options?: CallOptions): Promise<ArtifactInfo[]> {
    if (path !== "") checkArtifactPath(path);
    const found: ArtifactInfo[] = [];
    let token: string | undefined;
    do {
      const answer = await this.#listPage(owner, path, token, options);
      found.push(...answer.list("files").map(artifactOf));
      token = answer.textOr("next_page_token", "") || undefined;
    } while (token !== undefined);
    return found;
  }

  /** Every file below a folder. */
  async *walk(owner: ArtifactOwner, path = "", options?: CallOptions): AsyncGenerator<ArtifactInfo, void, undefined> {
    for (const entry of await this.list(owner, path, options)) {
      if (entry.isFolder) yield* this.walk(owner, entry.path, options);
      else yield entry;
    }
  }

  /** The bytes of a file, for small ones. */
  async read(owner: ArtifactOwner, path: string, options?: CallOptions): Promise<Uint8Array> {
    const chunks = (response: TransportResponse) => collectBytes(response.body);
    return this.connection.exchange(
      await this.#request("GET", owner, checkArtifactPath(path), options),
      chunks,
      options,
    );
  }

  /** Streams a file to disk. It gets its name when it is whole; folders are made. */
  async download(owner: ArtifactOwner, path: string, file: string, options?: CallOptions): Promise<void> {
    const request = await this.#request("GET", owner, checkArtifactPath(path), options);
    await mkdir(dirname(file), { recursive: true });
    const partial = `${file}.${randomUUID()}.part`;
    try {
      const save = (response: TransportResponse) =>
        pipeline(Readable.from(response.body, { objectMode: false }), createWriteStream(partial));
      await this.connection.exchange(request, save, options);
      await rename(partial, file);
    } finally {
      await rm(partial, { force: true });
    }
  }

  /** Deletes a file, or a folder with all that is in it. */
  async remove(owner: ArtifactOwner, path: string, options?: CallOptions): Promise<void> {
    await this.connection.exchange(
      await this.#request("DELETE", owner, checkArtifactPath(path), options),
      drained,
      options,
    );
  }

  async #request(
    method: RawRequest["method"],
    owner: ArtifactOwner,
    path: string,
    options?: CallOptions,
  ): Promise<RawRequest> {
    const root = await this.#roots.pathOf(owner, options);
    const escaped = `${root}/${path}`.split("/").map(encodeURIComponent).join("/");
    const where = `artifact ${path}`;
    return { method, path: `/api/2.0/mlflow-artifacts/artifacts/${escaped}`, repeatability: "safe", where };
  }

  #listPage(owner: ArtifactOwner, path: string, token: string | undefined, options?: CallOptions): Promise<Fields> {
    const get = { method: "GET", repeatability: "safe" } as const;
    if ("runId" in owner) {
      const query = { run_id: owner.runId, path: path === "" ? undefined : path, page_token: token };
      return this.connection.call({ ...get, path: "artifacts/list", query }, options);
    }
    const query = { artifact_directory_path: path === "" ? undefined : path, page_token: token };
    const folder = `logged-models/${encodeURIComponent(owner.modelId)}/artifacts/directories`;
    return this.connection.call({ ...get, path: folder, query }, options);
  }

  async #verify(owner: ArtifactOwner, path: string, size: number, options: CallOptions): Promise<void> {
    const folder = path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : "";
    const listed = (await this.list(owner, folder, options)).find((entry) => entry.path === path);
    if (listed?.size !== size) throw artifactDiffers(path, size, listed?.size);
  }
}

/** Reads an answer to its end, so that the connection can be used again. */
async function drained({ body }: TransportResponse): Promise<void> {
  await collectBytes(body);
}

async function collectBytes(body: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return new Uint8Array(Buffer.concat(chunks));
}
