/** A piece of a picture or of prose: markup as a value. */
export type Markup = { readonly markup: string };

/** Builds markup; interpolated text is escaped, markup and arrays of it are not. */
export function html(parts: TemplateStringsArray, ...values: readonly unknown[]): Markup {
  return { markup: String.raw({ raw: parts }, ...values.map(insert)) };
}

/** The same for SVG: only the editor tells them apart. */
export const svg = html;

export const isMarkup = (value: unknown): value is Markup =>
  typeof value === "object" && value !== null && "markup" in value
  && typeof value.markup === "string";

function insert(value: unknown): string {
  if (value === undefined || value === null || value === false) return "";
  if (Array.isArray(value)) return value.map(insert).join("");
  return isMarkup(value) ? value.markup : escapeText(String(value));
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;",
};

export const escapeText = (text: string): string =>
  text.replace(/[&<>"']/g, (c) => entities[c] ?? c);
