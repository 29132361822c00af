/** @file Where a command's words go: results to stdout, which is for machines with `--json`; what is going on to stderr. */

export interface Stream {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

export interface Output {
  readonly stdout: Stream;
  readonly stderr: Stream;
  /** Colours on stderr. */
  readonly colour: boolean;
  /** A line about what is going on: stderr. */
  note(text: string): void;
}

export interface OutputOptions {
  readonly stdout: Stream;
  readonly stderr: Stream;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export const createOutput = ({ stdout, stderr, env }: OutputOptions): Output => ({
  stdout,
  stderr,
  colour: wantsColour(stderr, env),
  note: (text) => void stderr.write(`${text}\n`),
});

/** A terminal that does not say no: https://no-color.org, TERM=dumb; FORCE_COLOR says yes elsewhere. */
export const wantsColour = (stream: Stream, env: OutputOptions["env"]): boolean => {
  if (env["NO_COLOR"]) return false;
  if (env["FORCE_COLOR"] && env["FORCE_COLOR"] !== "0") return true;
  return stream.isTTY === true && env["TERM"] !== "dumb";
};
