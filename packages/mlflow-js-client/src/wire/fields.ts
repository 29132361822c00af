/** @file Reading the server's JSON: each field is checked where it is read, lists that are empty may be missing. */
import { badResponse } from "../errors.js";

export class Fields {
  readonly #record: Readonly<Record<string, unknown>>;

  /** @param where the call, for messages */
  constructor(
    record: unknown,
    private readonly where: string,
  ) {
    if (typeof record !== "object" || record === null || Array.isArray(record))
      throw badResponse(where, `expected a JSON object, got ${JSON.stringify(record)?.slice(0, 80)}`);
    this.#record = record as Readonly<Record<string, unknown>>;
  }

  has(name: string): boolean {
    return this.#record[name] !== undefined && this.#record[name] !== null;
  }

  /** The value as it came. */
  raw(name: string): unknown {
    return this.#record[name];
  }

  text(name: string): string {
    const value = this.#record[name];
    if (typeof value !== "string") throw this.#wrong(name, "text", value);
    return value;
  }

  /** @param missing what an absent field means: protobuf leaves out empty ones */
  textOr<T>(name: string, missing: T): string | T {
    return this.has(name) ? this.text(name) : missing;
  }

  /** Numbers, numbers written as text (int64), and the three that JSON has no form for. */
  number(name: string): number {
    const value = this.#record[name];
    if (typeof value === "number") return value;
    if (value === "NaN") return Number.NaN;
    if (typeof value === "string" && value.trim() !== "") {
      const number = Number(value);
      if (!Number.isNaN(number)) return number;
    }
    throw this.#wrong(name, "a number", value);
  }

  numberOr<T>(name: string, missing: T): number | T {
    return this.has(name) ? this.number(name) : missing;
  }

  flag(name: string): boolean {
    return this.#record[name] === true;
  }

  object(name: string): Fields {
    return new Fields(this.#record[name], `${this.where} ${name}`);
  }

  objectOr<T>(name: string, missing: T): Fields | T {
    return this.has(name) ? this.object(name) : missing;
  }

  list(name: string): readonly Fields[] {
    if (!this.has(name)) return [];
    const value = this.#record[name];
    if (!Array.isArray(value)) throw this.#wrong(name, "a list", value);
    return value.map((entry) => new Fields(entry, `${this.where} ${name}`));
  }

  texts(name: string): readonly string[] {
    if (!this.has(name)) return [];
    const value = this.#record[name];
    if (!Array.isArray(value) || !value.every((entry) => typeof entry === "string"))
      throw this.#wrong(name, "a list of texts", value);
    return value;
  }

  /** A list of `{ key, value }` as a record. */
  pairs(name: string): Readonly<Record<string, string>> {
    return Object.fromEntries(this.list(name).map((pair) => [pair.text("key"), pair.textOr("value", "")]));
  }

  #wrong(name: string, expected: string, got: unknown) {
    return badResponse(this.where, `expected ${name} to be ${expected}, got ${JSON.stringify(got)?.slice(0, 80)}`);
  }
}
