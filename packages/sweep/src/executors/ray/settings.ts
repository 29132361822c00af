/** @file The `executor` block of a sweep that is played on a Ray cluster. */
import { badSetting, unknownSetting } from "../errors.js";

/** Every one may be left out. */
export interface RaySettings {
  /** Of the dashboard. Default: RAY_API_SERVER_ADDRESS or RAY_ADDRESS when it is a web address, else this machine. */
  readonly address: string;
  /** What starts gan-arena on the cluster's machines. */
  readonly command: string;
  /** Folder of runs as the cluster's machines see it; a shared one lets a run go on elsewhere after a crash. */
  readonly home?: string;
  /** Of each trial. Default: as many as it has threads. */
  readonly cpus?: number;
  readonly gpus: number;
  readonly memoryGiB?: number;
  /** Ray's custom resources, for example `{ "accelerator_type:T4": 0.1 }`. */
  readonly resources: Readonly<Record<string, number>>;
  /** A folder, which is packed and sent, or a URI that Ray knows. */
  readonly workingDir?: string;
  /** A container image with Node and gan-arena. */
  readonly image?: string;
  readonly env: Readonly<Record<string, string>>;
  /** Seconds for which a cluster that does not answer is waited for. */
  readonly patience: number;
  /** Seconds between two looks at a job. */
  readonly poll: number;
}

type Raw = Readonly<Record<string, unknown>>;
type Reader<T> = (value: unknown) => T | undefined;

const text: Reader<string> = (value) => (typeof value === "string" && value !== "" ? value : undefined);
const amount: Reader<number> = (value) =>
  typeof value === "number" && Number.isFinite(value) && value >= 0 ? value : undefined;
const above: Reader<number> = (value) => (amount(value) ? amount(value) : undefined);
const mapOf =
  <T>(read: Reader<T>): Reader<Record<string, T>> =>
  (value) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
    const entries = Object.entries(value).map(([name, inner]) => [name, read(inner)] as const);
    return entries.every(([, inner]) => inner !== undefined)
      ? (Object.fromEntries(entries) as Record<string, T>)
      : undefined;
  };

const READERS: { readonly [K in keyof RaySettings]-?: readonly [expected: string, read: Reader<unknown>] } = {
  address: ["a web address such as http://127.0.0.1:8265", (value) => (isWeb(text(value)) ? value : undefined)],
  command: ["a command", text],
  home: ["a folder", text],
  cpus: ["a number > 0", above],
  gpus: ["a number >= 0", amount],
  memoryGiB: ["a number > 0", above],
  resources: ["a number for each resource", mapOf(amount)],
  workingDir: ["a folder or a URI", text],
  image: ["the name of a container image", text],
  env: ["text for each variable", mapOf(text)],
  patience: ["seconds >= 0", amount],
  poll: ["seconds > 0", above],
};

const DEFAULTS = { command: "npx --no gan-arena", gpus: 0, resources: {}, env: {}, patience: 300, poll: 0.5 } as const;

/** @throws GanError UNKNOWN_NAME, BAD_CONFIG naming the setting */
export function readRaySettings(raw: Raw, env: Readonly<Record<string, string | undefined>>): RaySettings {
  const given: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(raw)) {
    if (!Object.hasOwn(READERS, name)) throw unknownSetting("ray", name, Object.keys(READERS));
    const [expected, read] = READERS[name as keyof RaySettings];
    const checked = read(value);
    if (checked === undefined) throw badSetting(name, expected, value);
    given[name] = checked;
  }
  const around = [env["RAY_API_SERVER_ADDRESS"], env["RAY_ADDRESS"]].find(isWeb) ?? "http://127.0.0.1:8265";
  return { address: around, ...DEFAULTS, ...given };
}

const isWeb = (address: string | undefined): address is string =>
  address !== undefined && /^https?:\/\/[^\s/]+/u.test(address) && URL.canParse(address);
