/** @file A sweep written down for a batch system: every trial is known in advance, and each is a task of its own. */

export interface RenderRequest {
  readonly sweepId: string;
  /** Trials are numbered from 0. */
  readonly trials: number;
  /** Folder of the store as the tasks see it: on a disk that all machines share. */
  readonly home: string;
  /** What starts gan-arena there. */
  readonly command: readonly string[];
  /** Tasks at the same time. */
  readonly parallel: number;
  /** How often the batch system tries a task again that was interrupted. */
  readonly retries: number;
  readonly cpus: number;
  readonly gpus: number;
  readonly memoryGiB?: number;
  /** Kubernetes: the container image, with Node and gan-arena. */
  readonly image?: string;
  /** Kubernetes: the claim of the volume that holds `home`. */
  readonly volumeClaim?: string;
}

export interface RenderedFile {
  readonly name: string;
  readonly text: string;
}

export interface Rendered {
  readonly files: readonly RenderedFile[];
  /** What to type next, `$FILE` already filled in with the name. */
  readonly submit: readonly string[];
}

/** The words that play trial `index`, a shell's variable or a number, and leave its journal in the sweep's folder. */
export const taskWords = ({ command, sweepId, home }: RenderRequest, index: string): string[] => [
  ...command,
  "sweep",
  "trial",
  sweepId,
  index,
  "--home",
  home,
];
