/** @file The server's database refused a row because it is there already. */
import { MlflowApiError } from "../errors.js";

/** SQLite, PostgreSQL, MySQL and SQL Server on a key that is there. */
const WORDS = /UNIQUE constraint|IntegrityError|UniqueViolation|duplicate key|Duplicate entry/iu;

export const isDuplicate = (error: unknown): boolean =>
  error instanceof MlflowApiError && error.status === 400 && WORDS.test(error.serverMessage);

/**
 * The server looks whether a tag, a param or a data set is there before it inserts it. Of two who write a new one at the same
 * instant one is refused; the next time it is found, and left or changed.
 */
export const unlessRaced = <T>(write: () => Promise<T>): Promise<T> =>
  write().catch((error: unknown) => {
    if (!isDuplicate(error)) throw error;
    return write();
  });
