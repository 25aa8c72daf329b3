import type { Token } from "markdown-it";
import { createHash } from "node:crypto";
import type { Problem } from "../runtime/page.ts";
import { html, type Markup } from "../runtime/values.ts";
import { rootOf } from "./addresses.ts";
import {
  headingAnchor, lineLink, nameAnchor, type Catalogue, type Entry,
} from "./catalogue.ts";
import { cellHtml, plainCode, problemHtml } from "./cells.ts";
import { claimLink, type Claim, type Outcomes } from "./claims.ts";
import { emitCode, type Mark } from "./highlight.ts";
import { between, pageLink } from "./links.ts";
import { description, renderProse } from "./prose.ts";
import type { Hover, TypeInfo } from "./types.ts";

export const bookTitle = "Leaving the MMU On";

/** Everything a page is drawn from. */
export type Drawing = {
  readonly book: Catalogue;
  readonly outcomes: Outcomes;
  readonly claims: ReadonlyMap<string, Claim>;
  /** Undefined when the language server did not answer. */
  readonly types: TypeInfo | undefined;
  readonly problems: readonly Problem[];
};

/** A page of the book as a complete HTML document. */
export function pageHtml(entry: Entry, drawing: Drawing): string {
  const { book } = drawing;
  const root = rootOf(entry.url);
  const hovers = hoversOf(entry, drawing);
  const body = bodyHtml(entry, drawing, hovers.marks);
  const at = book.reading.indexOf(entry);
  const data = { page: entry.path, root, importers: entry.importers,
    ...(hovers.texts.length > 0 && { types: typesUrl(entry).split("/").at(-1) }) };
  return documentHtml({
    root, title: entry === book.front ? bookTitle : `${entry.title} · ${bookTitle}`,
    description: description(entry.page), book, current: entry,
    ...(at > 0 && { previous: book.reading[at - 1] }), next: book.reading[at + 1],
    main: html`${eyebrow(entry, book)}${looseProblems(entry, drawing.problems)
    }<div class="prose">${{ markup: body }}</div>${pageFoot(entry, book)}`,
    scripts: html`${jsonScript("page-data", data)}
<script type="module" src="${root}client/page.js"></script>`,
  });
}

/** Where the texts of a page's hovers are: beside it, fetched at the first use. */
export const typesUrl = (entry: Entry): string =>
  entry.url.replace(/\.html$/, ".types.json");

/** The texts of a page's hovers, as `data-h` counts them. */
export const typesJson = (entry: Entry, drawing: Drawing): string =>
  JSON.stringify(hoversOf(entry, drawing).texts);

/** A page that is not of the book: the claims, "not found". */
export function otherHtml(
  { url, title, main, book, root = rootOf(url) }: {
    readonly url: string; readonly title: string; readonly main: Markup;
    readonly book: Catalogue; readonly root?: string;
  },
): string {
  return documentHtml({
    root, title: `${title} · ${bookTitle}`, description: title, book,
    main: html`<div class="prose">${main}</div>`,
    scripts: html`${jsonScript("page-data", { page: "", root, importers: [] })}
<script type="module" src="${root}client/page.js"></script>`,
  });
}

/**
 * The page for an address that leads nowhere. Its links are absolute, because it
 * may be asked for at any depth; `base` is the path the site is served under.
 */
export const notFoundHtml = (book: Catalogue, base = "/"): string => otherHtml({
  url: "404.html", root: base, book, title: "There is no such page",
  main: html`<h1>There is no such page</h1>
<p>The address leads nowhere in this book. The <a href="${base}index.html">front
page</a> has the list of its chapters; the search (<kbd>/</kbd>) finds words.</p>`,
});

/* The document around a page. */

type Document = {
  readonly root: string;
  readonly title: string;
  readonly description: string;
  readonly book: Catalogue;
  readonly main: Markup;
  readonly scripts: Markup;
  readonly current?: Entry;
  readonly previous?: Entry | undefined;
  readonly next?: Entry | undefined;
};

/** Sets the theme before anything is drawn, and changes it on request. */
const themeScript = `(() => {
const root = document.documentElement;
let kept;
try { kept = localStorage.getItem("theme"); } catch {}
if (kept === "dark" || kept === "light") root.dataset.theme = kept;
addEventListener("click", (event) => {
  if (!event.target.closest?.("#theme-toggle")) return;
  const dark = root.dataset.theme ? root.dataset.theme === "dark"
    : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
  try { localStorage.setItem("theme", root.dataset.theme); } catch {}
});
})();`;

const hash = createHash("sha256").update(themeScript).digest("base64");

/**
 * What a page may load and do: nothing of another host. Cells that a reader
 * changes are evaluated, hence `unsafe-eval`; pictures may carry styles.
 */
export const contentSecurity = [
  "default-src 'none'",
  `script-src 'self' 'unsafe-eval' 'wasm-unsafe-eval' 'sha256-${hash}'`,
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "connect-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

const icon = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' "
  + "viewBox='0 0 16 16'%3E%3Crect width='16' height='16' rx='3' fill='%23274690'/%3E"
  + "%3Cpath d='M3 11V5h4v6m2 0V5h4v6' fill='none' stroke='%23fff' "
  + "stroke-width='1.6'/%3E%3C/svg%3E";

function documentHtml(doc: Document): string {
  const { root, book, current, previous, next } = doc;
  const home = `${root}index.html`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${{ markup: contentSecurity }}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${doc.title}</title>
<meta name="description" content="${doc.description}">
<meta name="color-scheme" content="light dark">
<script>${{ markup: themeScript }}</script>
<link rel="stylesheet" href="${root}client/style.css">
<link rel="icon" href="${{ markup: icon }}">
${previous && html`<link rel="prev" href="${root}${previous.url}">`}
${next && html`<link rel="next" href="${root}${next.url}">`}
</head>
<body>
<a class="skip" href="#page-content">Skip to the page</a>
<header class="top">
<a class="book" href="${home}">${bookTitle}</a>
<button type="button" id="search-open" class="live-only" aria-keyshortcuts="/"
>Search <kbd aria-hidden="true">/</kbd></button>
<button type="button" id="theme-toggle" class="live-only" aria-label="Light or dark"
title="Light or dark"><span aria-hidden="true">◐</span></button>
</header>
${contents(book, root, current)}
<main id="page-content" data-pagefind-body tabindex="-1">
${doc.main}
</main>
${doc.scripts}
</body>
</html>
`.markup;
}

/** JSON that a `</script>` inside a string cannot end. */
const jsonScript = (id: string, value: unknown): Markup => html`
<script type="application/json" id="${id}">${
  { markup: JSON.stringify(value).replace(/</g, "\\u003c") }}</script>`;

/** Chapters, pages, and under the present page its sections. */
function contents(book: Catalogue, root: string, current: Entry | undefined): Markup {
  const item = (entry: Entry, label: Markup | string): Markup => html`<a href="${root}${
    entry.url}"${entry === current && html` aria-current="page"`}>${label}</a>${
    entry === current && outline(entry)}`;
  return html`<details class="contents"><summary>Contents</summary>
<nav aria-label="Contents"><ol class="chapters">
${book.chapters.map((c) => {
  const label = html`<span class="number">${c.number}</span> ${c.name}`;
  const open = current !== undefined && [c.index, ...c.pages].includes(current);
  return html`<li class="chapter${open && " open"}">${
    c.index ? item(c.index, label) : html`<span class="title">${label}</span>`}
<ol>${c.pages.map((p) => html`<li>${item(p, p.title)}</li>`)}</ol></li>`;
})}
</ol><p class="more"><a href="${root}claims.html">All claims</a></p></nav></details>`;
}

function outline(entry: Entry): Markup | "" {
  const sections = entry.page.headings.filter((h) => h.level === 2);
  if (sections.length === 0) return "";
  return html`<ul class="outline" aria-label="On this page">${sections.map((h) =>
    html`<li><a href="#${headingAnchor(h, entry)}">${plain(h.text)}</a></li>`)}</ul>`;
}

const plain = (text: string): string => text.replace(/[`*]/g, "");

/* The page itself. */

function eyebrow(entry: Entry, book: Catalogue): Markup | "" {
  const chapter = book.chapters.find((c) =>
    c.index === entry || c.pages.includes(entry));
  if (!chapter) return "";
  const { index, number, name } = chapter;
  const label = `Chapter ${number} · ${name}`;
  return html`<p class="eyebrow">${index && index !== entry
    ? html`<a href="${between(entry.url, index.url)}">${label}</a>` : label}</p>`;
}

/** Problems of a page that no cell can show. */
const looseProblems = (entry: Entry, problems: readonly Problem[]): Markup[] =>
  problems.filter((p) => p.file === entry.path
    && !entry.page.cells.some((c) => p.line > c.open && p.line <= c.close + 1))
    .map(problemHtml);

function bodyHtml(
  entry: Entry, drawing: Drawing,
  marks: ReadonlyMap<number, ReadonlyMap<number, readonly Mark[]>>,
): string {
  const { book, outcomes, claims, problems } = drawing;
  return renderProse(entry.page, {
    cell: (cell) => cellHtml({
      path: entry.path, cell, facts: entry.facts[cell.id],
      result: outcomes.get(entry.path)?.get(cell.id),
      problems: problems.filter((p) => p.file === entry.path
        && p.line > cell.open && p.line <= cell.close + 1),
      marks: marks.get(cell.id) ?? new Map(),
      ids: idsOf(entry, cell.id),
    }),
    fence: (code, language) => plainCode(emitCode(code, language), language),
    href: (href) => proseHref(href, entry, book),
    source: (src) => sourceHref(src, entry),
    anchor: (heading) => headingAnchor(heading, entry),
    claim: (id) => {
      const claim = claims.get(id);
      const to = claim && book.entries.get(claim.page);
      return claim && to && claimLink(claim, entry, to).markup;
    },
  });
}

/** Ids of the lines of a cell that define names, by line of the cell. */
function idsOf(entry: Entry, cell: number): Map<number, string[]> {
  const first = entry.page.cells[cell]?.first ?? 0;
  const ids = new Map<number, string[]>();
  for (const d of entry.definitions.filter((d) => d.cell === cell)) {
    const line = d.line - first;
    ids.set(line, [...ids.get(line) ?? [], nameAnchor(d.name)]);
  }
  return ids;
}

/** Links between `.md` pages become links between pages of the site. */
export function proseHref(href: string, from: Entry, book: Catalogue): string {
  const link = pageLink(href, from.path);
  const to = link && book.entries.get(link.page);
  return to ? `${between(from.url, to.url)}${link.fragment}` || from.url : href;
}

/** Files beside a page are copied to `cells/`, where the cells find them, too. */
const sourceHref = (src: string, from: Entry): string =>
  /^(?:[a-z]+:|\/|#)/.test(src) ? src
    : `${rootOf(from.url)}cells/${from.path.replace(/[^/]*$/, "")}${src}`;

/**
 * The hover texts a page uses, and its identifiers by cell and line. A page
 * carries its own texts only, numbered in order of first use.
 */
function hoversOf(entry: Entry, { book, types }: Drawing): {
  readonly texts: readonly string[];
  readonly marks: ReadonlyMap<number, ReadonlyMap<number, readonly Mark[]>>;
} {
  const numbers = new Map<number, number>();
  const marks = new Map<number, Map<number, Mark[]>>();
  const sorted = [...types?.pages.get(entry.path) ?? []]
    .sort((a, b) => a.line - b.line || a.column - b.column);
  for (const hover of sorted) {
    const cell = entry.page.cells.find((c) =>
      hover.line >= c.first && hover.line <= c.last);
    if (!cell) continue;
    const number = numbers.get(hover.text) ?? numbers.size;
    numbers.set(hover.text, number);
    const lines = marks.get(cell.id) ?? new Map<number, Mark[]>();
    marks.set(cell.id, lines);
    const line = hover.line - cell.first;
    const href = targetHref(hover, entry, book);
    lines.set(line, [...lines.get(line) ?? [], { column: hover.column,
      length: hover.length, hover: number, ...(href !== undefined && { href }) }]);
  }
  return { texts: [...numbers.keys()].map((n) => types?.texts[n] ?? ""), marks };
}

/** Where an identifier leads; nowhere when the reader is there already. */
function targetHref(hover: Hover, from: Entry, book: Catalogue): string | undefined {
  const { target } = hover;
  const to = target && book.entries.get(target.page);
  if (!target || !to) return undefined;
  const href = lineLink(from, to, target.line);
  return href === "" || href === lineLink(from, from, hover.line) ? undefined : href;
}

/** The pages that import this one; many of them only when asked for. */
function userList(entry: Entry, users: readonly Entry[]): Markup {
  const list = html`<ul>${users.map((to) =>
    html`<li><a href="${between(entry.url, to.url)}">${to.title}</a></li>`)}</ul>`;
  return users.length > 5 ? html`<details><summary>${users.length} pages</summary>${list
    }</details>` : list;
}

/** What the page defines, what it uses, who uses it, and its neighbours. */
function pageFoot(entry: Entry, book: Catalogue): Markup {
  const at = book.reading.indexOf(entry);
  const previous = at > 0 ? book.reading[at - 1] : undefined;
  const next = book.reading[at + 1];
  const defined = entry.definitions.filter((d) => d.exported);
  const used = [...entry.uses].flatMap(([path, names]) => {
    const to = book.entries.get(path);
    return to ? [{ to, names: [...new Set(names)] }] : [];
  });
  const importers = entry.importers.flatMap((path) => book.entries.get(path) ?? []);
  return html`<footer class="page-foot" data-pagefind-ignore>
${(defined.length > 0 || used.length > 0) && html`<dl>
${defined.length > 0 && html`<dt>Defines</dt><dd>${separated(defined.map((d) =>
    html`<a href="#${nameAnchor(d.name)}"><code>${d.name}</code></a>`))}</dd>`}
${used.map(({ to, names }, n) => {
    const href = between(entry.url, to.url);
    return html`<dt>${n === 0 ? "Uses" : ""}</dt><dd>${separated(names.map((name) =>
      html`<a href="${href}#${nameAnchor(name)}"><code>${name}</code></a>`))
    } <span class="from">from <a href="${href}">${to.title}</a></span></dd>`;
  })}
${importers.length > 0 && html`<dt>Used by</dt><dd>${userList(entry, importers)}</dd>`}
</dl>`}
<nav class="turn" aria-label="Previous and next page">
${previous ? html`<a rel="prev" href="${between(entry.url, previous.url)}"><small
>Previous</small> ${previous.title}</a>` : html`<span></span>`}
${next ? html`<a rel="next" href="${between(entry.url, next.url)}"><small
>Next</small> ${next.title}</a>` : html`<span></span>`}
</nav>
<p class="source">This page is <code>${entry.path}</code>, ${
  entry.page.lines.length - 1} lines. The number at a cell is the line it starts on.</p>
</footer>`;
}

const separated = (items: readonly Markup[]): Markup[] =>
  items.map((item, n) => html`${n > 0 && ", "}${item}`);

/** Links of a page's prose that lead nowhere. */
export function linkProblems(entry: Entry, book: Catalogue): Problem[] {
  const problems: Problem[] = [];
  for (const block of entry.page.tokens)
    for (const token of block.children ?? []) {
      if (token.type !== "link_open") continue;
      const href = String(token.attrGet("href") ?? "");
      const link = href.startsWith("#") ? { page: entry.path, fragment: href }
        : pageLink(href, entry.path);
      if (!link) continue;
      const to = book.entries.get(link.page);
      const report = (message: string, fix: string): void => {
        const at = placeOf(href, block, entry);
        problems.push({ file: entry.path, ...at, message, fix });
      };
      if (!to) report(`the link to ${link.page} leads nowhere`,
        "Correct the path, or write the page first.");
      else if (link.fragment !== "" && !anchorsOf(to).has(link.fragment.slice(1)))
        report(`${link.page} has no place ${link.fragment}`,
          "Link to a heading's slug, a top-level name, or a claim.");
    }
  return problems;
}

/** Where a link stands in the lines of its paragraph, both counted from 1. */
function placeOf(
  href: string, block: Token, { page }: Entry,
): { readonly line: number; readonly column: number } {
  // Cells of tables do not say where they stand.
  const [start, end] = block.map ?? [0, page.lines.length];
  const column = (n: number): number => (page.lines[n] ?? "").indexOf(`](${href}`) + 3;
  for (let n = start; n < end; n++)
    if (column(n) > 2) return { line: n + 1, column: column(n) };
  return { line: start + 1, column: 1 };
}

const anchorsOf = (entry: Entry): ReadonlySet<string> => new Set([
  ...entry.page.headings.map((h) => headingAnchor(h, entry)),
  ...entry.definitions.map((d) => nameAnchor(d.name)),
  ...entry.page.cells.map((c) => `cell-${c.id}`),
  ...entry.page.cells.flatMap((c) => [...c.code.matchAll(/["'`]([A-Z]{1,2}\d+) · /g)]
    .flatMap((m) => m[1] ?? [])),
]);
