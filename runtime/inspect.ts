import { escapeText, isMarkup } from "./values.ts";

/** Items of a collection that are shown before "… n more". */
const shownItems = 200;
/** Bytes of an array that are shown. */
const shownBytes = 256;

/**
 * Any value as markup, the way people of this field write them: bigints in hex
 * grouped by four, bytes as a dump, records and arrays foldable.
 */
export const inspect = (value: unknown): string =>
  `<div class="value">${valueMarkup(value, new Set(), 0)}</div>`;

/** One line of text, for a table's cell or a summary. */
export function brief(value: unknown): string {
  switch (typeof value) {
    case "bigint": return hexText(value);
    case "string": return JSON.stringify(value);
    case "function": return `ƒ ${value.name || "anonymous"}`;
    case "object": return value === null ? "null" : briefObject(value);
    default: return String(value);
  }
}

function briefObject(value: object): string {
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  if (Array.isArray(value) || ArrayBuffer.isView(value))
    return `${nameOf(value)}(${"length" in value ? value.length : 0})`;
  if (value instanceof Map || value instanceof Set)
    return `${nameOf(value)}(${value.size})`;
  const keys = Object.keys(value);
  const name = nameOf(value) === "Object" ? "" : `${nameOf(value)} `;
  const inner = keys.slice(0, 5).map((key) => {
    const item = (value as Readonly<Record<string, unknown>>)[key];
    return typeof item === "object" && item !== null ? `${key}: …`
      : `${key}: ${brief(item)}`;
  });
  return `${name}{${inner.join(", ")}${keys.length > 5 ? ", …" : ""}}`;
}

const nameOf = (value: object): string =>
  (Object.getPrototypeOf(value)?.constructor as { name?: string } | undefined)?.name
  ?? "Object";

/** `0x4020_0701`: lower case, grouped by four from the right. */
function hexText(x: bigint): string {
  const digits = (x < 0n ? -x : x).toString(16).replace(/\B(?=(.{4})+$)/g, "_");
  return `${x < 0n ? "-" : ""}0x${digits}`;
}

function valueMarkup(value: unknown, above: ReadonlySet<object>, depth: number): string {
  if (isMarkup(value)) return value.markup;
  const text = escapeText(brief(value));
  if (typeof value !== "object" || value === null || value instanceof Error)
    return `<code class="v-${value === null ? "null" : typeof value}">${text}</code>`;
  if (above.has(value)) return '<code class="v-null">(circular)</code>';
  if (value instanceof Uint8Array)
    return fold(`${value.length} bytes`, dump(value), depth, true);
  const entries = entriesOf(value);
  if (entries.length === 0) return `<code>${text}</code>`;
  const inside = new Set([...above, value]);
  const rows = entries.slice(0, shownItems).map(([key, item]) =>
    `<li><span class="v-key">${escapeText(key)}</span> ${
      valueMarkup(item, inside, depth + 1)}</li>`);
  const more = entries.length - rows.length;
  if (more > 0) rows.push(`<li class="v-more">… ${more} more</li>`);
  return fold(text, `<ul class="v-list">${rows.join("")}</ul>`, depth,
    entries.length <= 16);
}

function entriesOf(value: object): (readonly [string, unknown])[] {
  if (value instanceof Map)
    return [...value].map(([key, item]) => [brief(key), item] as const);
  if (value instanceof Set || Array.isArray(value))
    return [...value].map((item, n) => [String(n), item] as const);
  if (ArrayBuffer.isView(value) && Symbol.iterator in value)
    return [...value as unknown as Iterable<unknown>]
      .map((item, n) => [String(n), item] as const);
  return Object.entries(value);
}

const fold = (summary: string, body: string, depth: number, open: boolean): string =>
  `<details class="v-fold"${depth === 0 && open ? " open" : ""}>`
  + `<summary><code>${summary}</code></summary>${body}</details>`;

/** Sixteen bytes a line: offset, hex in words of four, printable ASCII. */
function dump(bytes: Uint8Array): string {
  const lines: string[] = [];
  for (let at = 0; at < Math.min(bytes.length, shownBytes); at += 16) {
    const row = [...bytes.subarray(at, at + 16)];
    const words = row.map((b, n) =>
      `${b.toString(16).padStart(2, "0")}${n % 4 === 3 ? " " : ""}`).join("");
    const ascii = row.map((b) => b >= 0x20 && b < 0x7f ? String.fromCharCode(b) : ".");
    lines.push(`${at.toString(16).padStart(4, "0")}  ${words.padEnd(36)} ${ascii.join("")}`);
  }
  const more = bytes.length - shownBytes;
  if (more > 0) lines.push(`… ${more} more bytes`);
  return `<pre class="v-dump">${escapeText(lines.join("\n"))}</pre>`;
}
