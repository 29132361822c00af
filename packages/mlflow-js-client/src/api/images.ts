/**
 * @file Images that MLflow's UI shows as a chart with a slider over the steps.
 *
 * The UI knows no table of images: it lists the folder `images/` and reads their names. Each image is two files, the image
 * and a small one whose name ends in `+compressed`, which is what the slider shows; and the run has the tag
 * `mlflow.loggedImages`.
 */
import { randomUUID } from "node:crypto";
import { badInput, notAnImage } from "../errors.js";
import type { CallOptions } from "../types.js";
import { checkImageKey, checkRunId, checkStep, checkTimestamp } from "../validate.js";
import type { ArtifactsApi } from "./artifacts.js";
import type { RunsApi } from "./runs.js";

export interface ImageInput {
  /** Name of the chart; what is before the first `/` is the section: `samples/generated`. */
  readonly key: string;
  readonly step: number;
  /** Default: now. */
  readonly timestamp?: number;
  /** A PNG or WebP file. */
  readonly image: Uint8Array;
  /** What the slider shows, at best not larger than 256 pixels; default: the image itself. */
  readonly thumbnail?: Uint8Array;
  /** Letters, digits and dashes. With the same one, logging the image again replaces it; default: a random one. */
  readonly id?: string;
}

/** What an image's name says. */
export interface LoggedImage {
  readonly key: string;
  readonly step: number;
  readonly timestamp: number;
  readonly id: string;
  /** From the root of the run's artifacts. */
  readonly path: string;
}

const LOGGED_IMAGES = "mlflow.loggedImages";
const FOLDER = "images";
/** So many runs are remembered as having the tag. */
const REMEMBERED = 1000;

export class ImagesApi {
  readonly #tagged = new Set<string>();

  constructor(
    private readonly artifacts: ArtifactsApi,
    private readonly runs: RunsApi,
  ) {}

  /** @example await client.images.log(runId, { key: "samples", step: 4096, image: png }); */
  async log(runId: string, input: ImageInput, options?: CallOptions): Promise<LoggedImage> {
    checkRunId(runId);
    const { key, image, thumbnail = image, id = randomUUID() } = input;
    const step = checkStep(`image ${key}`, input.step);
    const timestamp = checkTimestamp(`image ${key}`, input.timestamp ?? Date.now());
    const stem = imageStem({ key, step, timestamp, id });
    const path = `${stem}.${extensionOf(key, image)}`;
    await this.artifacts.upload({ runId }, path, { bytes: image }, options);
    // Last, so that the UI never finds a small image without its large one.
    const small = `${stem}+compressed.${extensionOf(key, thumbnail)}`;
    await this.artifacts.upload({ runId }, small, { bytes: thumbnail }, options);
    await this.#tag(runId, options);
    return { key, step, timestamp, id, path };
  }

  /** All images of a run, by key and step. */
  async list(runId: string, options?: CallOptions): Promise<LoggedImage[]> {
    const entries = await this.artifacts.list({ runId }, FOLDER, options);
    const images = entries.flatMap(({ path }) => parseImagePath(path) ?? []);
    return images.sort((a, b) =>
      a.key < b.key ? -1 : a.key > b.key ? 1 : a.step - b.step || a.timestamp - b.timestamp,
    );
  }

  async #tag(runId: string, options: CallOptions | undefined): Promise<void> {
    if (this.#tagged.has(runId)) return;
    await this.runs.setTag(runId, LOGGED_IMAGES, "true", options);
    if (this.#tagged.size >= REMEMBERED) this.#tagged.clear();
    this.#tagged.add(runId);
  }
}

/** `/` is kept as `~`, because the folder is listed flat. */
function imageStem({ key, step, timestamp, id }: Omit<LoggedImage, "path">): string {
  if (!/^[A-Za-z0-9-]+$/u.test(id)) throw badInput("image id", "letters, digits and dashes", id, "use a UUID");
  return `${FOLDER}/${checkImageKey(key).replaceAll("/", "~")}+step+${step}+timestamp+${timestamp}+${id}`;
}

/** The parts of an image's path, or undefined for another file: the small twin, or what somebody else put there. */
export function parseImagePath(path: string): LoggedImage | undefined {
  // Clients before 3.0 wrote % and # where newer ones write + and ~.
  const match =
    /(?:^|\/)(?<key>[^/+%]+)[+%]step[+%](?<step>-?\d+)[+%]timestamp[+%](?<time>\d+)[+%](?<id>[A-Za-z0-9-]+)\.\w+$/u.exec(
      path,
    );
  const { key, step, time, id } = match?.groups ?? {};
  if (key === undefined || id === undefined) return undefined;
  return { key: key.replaceAll(/[~#]/gu, "/"), step: Number(step), timestamp: Number(time), id, path };
}

/** By the first bytes, for the UI believes the name. @throws MlflowInputError for anything else than PNG and WebP */
function extensionOf(key: string, image: Uint8Array): "png" | "webp" {
  const text = Buffer.from(image.buffer, image.byteOffset, Math.min(12, image.byteLength)).toString("latin1");
  if (text.startsWith("\u0089PNG\r\n")) return "png";
  if (text.startsWith("RIFF") && text.slice(8) === "WEBP") return "webp";
  throw notAnImage(key);
}
