import type { SentInput } from "../../runtime/protocol.ts";

/**
 * The inputs that a reader has set, as the end of the page's address:
 * `#set=18.0:3&19.2:true`, each with its cell, its index there and its value as JSON.
 * A file does not fit into an address and is left out.
 */
const start = "#set=";

export const isPlace = (hash: string): boolean => hash.startsWith(start);

export const writePlace = (settings: Iterable<SentInput>): string => {
  const texts = [...settings].flatMap(({ cell, index, value }) =>
    typeof value === "object" ? []
      : `${cell}.${index}:${encodeURIComponent(JSON.stringify(value))}`);
  return texts.length === 0 ? "" : `${start}${texts.join("&")}`;
};

/** What does not look like a setting is not one: anybody may write an address. */
export function readPlace(hash: string): readonly SentInput[] {
  if (!isPlace(hash)) return [];
  return hash.slice(start.length).split("&").flatMap((text) => {
    const [, cell, index, json] = /^(\d+)\.(\d+):(.*)$/.exec(text) ?? [];
    if (json === undefined) return [];
    try {
      const value: unknown = JSON.parse(decodeURIComponent(json));
      return typeof value === "number" || typeof value === "string"
        || typeof value === "boolean"
        ? { cell: Number(cell), index: Number(index), value } : [];
    } catch {
      return [];
    }
  });
}
