import type { Params, ParamValue } from "../contracts.js";

export interface Nested {
  [key: string]: ParamValue | Nested;
}

/** Flat params as a tree. @example nested({ "optimizer.D.lr": 1 }) // { optimizer: { D: { lr: 1 } } } */
export function nested(params: Params): Nested {
  const root: Nested = {};
  for (const [path, value] of Object.entries(params)) {
    const segments = path.split(".");
    const last = segments.pop() ?? path;
    let at = root;
    for (const segment of segments) {
      const inner = at[segment];
      at = typeof inner === "object" && inner !== null ? inner : (at[segment] = {});
    }
    at[last] = value;
  }
  return root;
}
