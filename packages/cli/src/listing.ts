/** @file How plugins and their settings are listed. */
import type { ZodType } from "zod";
import { expectation, show, type Field } from "./config/field.js";
import { fieldsOf } from "./config/fields.js";
import { table, type Column } from "./terminal/table.js";

/** Settings of a schema as a table of path, default, bounds and meaning, indented by two blanks. */
export function settingsTable(schema: ZodType): string {
  const fields = fieldsOf(schema).filter((field) => field.path !== "");
  if (fields.length === 0) return "  (no settings)";
  const columns: Column<Field>[] = [
    { title: "  setting", cell: (field) => `  ${field.path}` },
    { title: "default", cell: (field) => (field.default === undefined ? "-" : show(field.default)) },
    { title: "allowed", cell: expectation },
    { title: "meaning", cell: (field) => field.description ?? "" },
  ];
  return table(columns, fields);
}

/** Settings for machines: an empty path means that the plugin's schema is no object. */
export const settingsDocument = (schema: ZodType): readonly Field[] => fieldsOf(schema);

/** "Radford, Metz, Chintala 2016, arXiv:1511.06434" */
export const citeShort = (paper: { authors?: string; year?: number; arxiv?: string; venue?: string }): string =>
  [
    [paper.authors, paper.year].filter((part) => part !== undefined).join(" "),
    paper.arxiv === undefined ? paper.venue : `arXiv:${paper.arxiv}`,
  ]
    .filter((part) => part !== undefined && part !== "")
    .join(", ");
