/** @file How the commands of this folder end: 0, 2 for the user's mistake in one sentence, 1 for ours. */

export class UserError extends Error {}

/** Runs `main` with the options that `read` makes of the command line. */
export async function runCommandLine(read, main) {
  try {
    await main(asUser(read));
  } catch (error) {
    console.error(error instanceof UserError ? error.message : error.stack);
    process.exitCode = error instanceof UserError ? 2 : 1;
  }
}

/** Whatever goes wrong while options are read is the user's to put right. */
function asUser(read) {
  try {
    return read();
  } catch (error) {
    throw new UserError(error.message, { cause: error });
  }
}

/** @throws Error unless the option is a whole number from 1 on */
export function positive(option, text) {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new Error(`--${option} must be a whole number from 1 on, got ${text}`);
  return value;
}

export const list = (text) => text.split(",").filter((name) => name !== "");
