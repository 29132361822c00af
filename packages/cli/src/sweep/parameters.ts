/** @file Which parameters of a sweep tell its trials apart. */
import type { TrialView } from "@gan-arena/sweep";

/** Paths that have the same value in every trial in which they are active. */
export function constants(trials: Iterable<TrialView>): Set<string> {
  const values = new Map<string, { readonly value: unknown; same: boolean }>();
  let total = 0;
  for (const { params } of trials) {
    total++;
    for (const [path, value] of Object.entries(params)) {
      const entry = values.get(path) ?? { value, same: true };
      values.set(path, entry);
      entry.same &&= entry.value === value;
    }
  }
  return new Set([...values].filter(([, { same }]) => same && total > 1).map(([path]) => path));
}
