import { resolveImport, type Studied } from "../runtime/book.ts";
import type { Heading } from "../runtime/page.ts";
import { urlOf } from "./addresses.ts";
import { between } from "./links.ts";

/** A top-level name of a page, at a 0-based line of the page. */
export type Definition = {
  readonly name: string;
  readonly cell: number;
  readonly line: number;
  readonly exported: boolean;
};

/** A page as the site sees it: its place and its neighbours. */
export type Entry = Studied & {
  readonly path: string;
  readonly url: string;
  readonly title: string;
  readonly definitions: readonly Definition[];
  /** Names taken from each earlier page, in order of import. */
  readonly uses: ReadonlyMap<string, readonly string[]>;
  /** Pages that import this one, directly or not, in reading order. */
  readonly importers: readonly string[];
};

export type Chapter = {
  /** The folder's number and name: `1`, `entry`. */
  readonly number: number;
  readonly name: string;
  readonly index?: Entry;
  readonly pages: readonly Entry[];
};

export type Catalogue = {
  readonly entries: ReadonlyMap<string, Entry>;
  readonly front?: Entry;
  readonly chapters: readonly Chapter[];
  /** The front page, then each chapter's index and pages. */
  readonly reading: readonly Entry[];
};

/** What the pages of a book define, use, and stand next to. */
export function catalogue(book: readonly Studied[]): Catalogue {
  const uses = new Map(book.map((s) => [s.page.path, usesOf(s)]));
  const entries = new Map(book.map((s): [string, Entry] => [s.page.path, {
    ...s,
    path: s.page.path,
    url: urlOf(s.page.path),
    title: s.page.title || s.page.path,
    definitions: definitionsOf(s),
    uses: uses.get(s.page.path) ?? new Map(),
    importers: importersOf(s.page.path, uses),
  }]));
  const front = entries.get("chapters/index.md");
  const chapters = chaptersOf([...entries.values()].filter((e) => e !== front));
  const reading = chapters.flatMap((c) => (c.index ? [c.index, ...c.pages] : c.pages));
  return { entries, chapters, reading: front ? [front, ...reading] : reading,
    ...(front && { front }) };
}

function usesOf({ page, facts }: Studied): Map<string, string[]> {
  const uses = new Map<string, string[]>();
  for (const i of facts.flatMap((f) => f.imports)) {
    const from = resolveImport(i.from, page.path);
    uses.set(from, [...uses.get(from) ?? [], i.name]);
  }
  return uses;
}

function importersOf(
  path: string, uses: ReadonlyMap<string, ReadonlyMap<string, unknown>>,
): string[] {
  const found = new Set<string>();
  const visit = (target: string): void => {
    for (const [page, from] of uses)
      if (from.has(target) && !found.has(page)) {
        found.add(page);
        visit(page);
      }
  };
  visit(path);
  return [...uses.keys()].filter((page) => found.has(page));
}

/** Values from the facts; types, which leave no trace in them, from the text. */
function definitionsOf({ page, facts }: Studied): Definition[] {
  const found = new Map<string, Definition>();
  for (const cell of page.cells) {
    if (cell.kind === "static") continue;
    const f = facts[cell.id];
    const put = (name: string, line: number): void => {
      if (!found.has(name))
        found.set(name, { name, cell: cell.id, line: cell.first + line,
          exported: f?.exports.includes(name) ?? false });
    };
    for (const o of f?.outputs ?? []) put(o.name, o.line);
    cell.code.split("\n").forEach((line, n) => {
      const m = /^(?:export )?(?:type|interface) ([A-Za-z_$][\w$]*)/.exec(line);
      if (m?.[1]) put(m[1], n);
    });
  }
  return [...found.values()].sort((a, b) => a.line - b.line);
}

function chaptersOf(entries: readonly Entry[]): Chapter[] {
  const folders = new Map<string, Entry[]>();
  for (const entry of entries) {
    const folder = entry.path.split("/")[1] ?? "";
    folders.set(folder, [...folders.get(folder) ?? [], entry]);
  }
  return [...folders].sort(([a], [b]) => (a < b ? -1 : 1)).map(([folder, all]) => {
    const index = all.find((e) => e.path.endsWith("/index.md"));
    const m = /^(\d+)-(.*)$/.exec(folder);
    return { number: Number(m?.[1] ?? 0), name: m?.[2] ?? folder,
      pages: all.filter((e) => e !== index), ...(index && { index }) };
  });
}

/** Ids that the page's own furniture takes; a cell's name must not. */
const taken: ReadonlySet<string> =
  new Set(["found", "hover", "search", "session"]);

/** The id of a top-level name in its page. */
export const nameAnchor = (name: string): string =>
  taken.has(name) ? `name-${name}` : name;

/** The id of a heading: its slug, unless a top-level name of the page has it. */
export function headingAnchor(heading: Heading, entry: Entry): string {
  const clash = entry.definitions.some((d) => d.name === heading.slug)
    || taken.has(heading.slug);
  return clash ? `section-${heading.slug}` : heading.slug;
}

/**
 * Where a link to a 0-based line of a page leads, seen from another page: the
 * top-level name that this line belongs to, else its cell.
 */
export function lineLink(from: Entry, to: Entry, line: number): string {
  const cell = to.page.cells.find((c) => line >= c.open && line <= c.close);
  const owner = to.definitions
    .filter((d) => d.cell === cell?.id && d.line <= line).at(-1);
  const anchor = owner ? nameAnchor(owner.name) : cell ? `cell-${cell.id}` : "";
  return between(from.url, to.url) + (anchor && `#${anchor}`);
}
