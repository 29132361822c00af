/** @file What searches have in common: their options, how text goes into a filter, and how a page is read. */
import { checkOneOf, checkPageSize } from "../validate.js";
import { VIEW_TYPES, type CallOptions, type Page, type ViewType } from "../types.js";
import type { Fields } from "../wire/fields.js";

export interface SearchOptions extends CallOptions {
  /** MLflow's filter language: conditions joined by AND; see {@link quoted} for values. */
  readonly filter?: string;
  /** For example `["metrics.fid ASC", "attributes.start_time DESC"]`. */
  readonly orderBy?: readonly string[];
  /** Items per request, 1000 when left out. */
  readonly pageSize?: number;
}

export interface ViewOptions extends SearchOptions {
  /** Default: ACTIVE_ONLY. */
  readonly viewType?: ViewType;
}

const PAGE_SIZE = 1000;

/**
 * Text as a value in a filter. The language has no escape: text with both kinds of quotes cannot be searched for.
 * @example `tags.uid = ${quoted(uid)}`
 */
export const quoted = (text: string): string => (text.includes("'") ? `"${text}"` : `'${text}'`);

/** The body of a search request. */
export const searchBody = ({ filter, orderBy, pageSize = PAGE_SIZE }: SearchOptions, token: string | undefined) => ({
  filter,
  order_by: orderBy,
  max_results: checkPageSize(pageSize),
  page_token: token,
});

export const viewBody = (options: ViewOptions, token: string | undefined, name: "view_type" | "run_view_type") => ({
  ...searchBody(options, token),
  [name]: checkOneOf("view type", VIEW_TYPES, options.viewType ?? "ACTIVE_ONLY"),
});

/** @param list name of the field that holds the items, absent when there are none */
export const pageOf = <T>(answer: Fields, list: string, decode: (fields: Fields) => T): Page<T> => ({
  items: answer.list(list).map(decode),
  nextPageToken: answer.textOr("next_page_token", "") || undefined,
});
