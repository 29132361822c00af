/** @file How many threads an engine takes. */
import { availableParallelism } from "node:os";

/** 0 = as many as there are cores that this process may use. */
export const threadCount = ({ threads }: { readonly threads: number }): number =>
  threads > 0 ? threads : availableParallelism();
