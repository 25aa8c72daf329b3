import { expect, test } from "vitest";
import { study } from "../runtime/study.ts";
import { parsePage } from "../runtime/page.ts";
import { catalogue, headingAnchor, type Catalogue } from "./catalogue.ts";
import { claimsOf, sentences, summary, type Outcomes } from "./claims.ts";
import { emitCode, emitLine, tokenize } from "./highlight.ts";
import {
  linkProblems, notFoundHtml, pageHtml, proseHref, typesJson, typesUrl,
} from "./html.ts";
import { between, pageLink } from "./links.ts";
import { description } from "./prose.ts";
import { rootOf, urlOf } from "./addresses.ts";

const words = `# A word has bits

It has **64** of them, see [below](#bits) (**W1**, **Z9**).

\`\`\`ts
/** <b> & "c" */
export const bits = (w: bigint): string => \`\${w}&<\`;
export type Word = bigint;
\`\`\`

## Bits

\`\`\`ts test
test("W1 · bits are <b>", () => { expect(bits(1n)).toBe("1&<"); });
\`\`\`

<aside>An \`aside\` with **W1**.</aside>
`;
const memory = `# Memory holds words

Words are on [another page](../01-entry/01-words.md#bits) and
[nowhere](./07-none.md), or [there](../01-entry/01-words.md#none).

\`\`\`ts
import { bits, type Word } from "../01-entry/01-words.md";
\`\`\`

\`\`\`ts view hide
display(bits(2n));
\`\`\`

\`\`\`ts static
const shown = "only";
\`\`\`
`;

const bookOf = (pages: Readonly<Record<string, string>>): Catalogue =>
  catalogue(Object.entries(pages).map(([path, text]) => study(parsePage(text, path))));
const book = bookOf({
  "chapters/01-entry/01-words.md": words,
  "chapters/01-entry/index.md": "# What may the kernel assume?\n\nA question.\n",
  "chapters/02-idmap/01-memory.md": memory,
  "chapters/index.md": "# Leaving the MMU On\n\nA book.\n",
});
const outcomes: Outcomes = new Map([["chapters/01-entry/01-words.md", new Map([[1, {
  out: '<ul class="verdicts"><li id="W1">W1</li></ul>',
  verdicts: [{ name: "W1 · bits are <b>", ok: true }],
}]])]]);
const claims = claimsOf(book, outcomes);
const entryOf = (path: string) => {
  const entry = book.entries.get(path);
  if (!entry) throw new Error(`no page ${path}`);
  return entry;
};
const wordsEntry = entryOf("chapters/01-entry/01-words.md");
const memoryEntry = entryOf("chapters/02-idmap/01-memory.md");
const drawing = { book, outcomes, claims, problems: [], types: {
  texts: ["const bits: …", "type Word"],
  pages: new Map([["chapters/02-idmap/01-memory.md", [
    { line: 6, column: 9, length: 4, text: 0,
      target: { page: "chapters/01-entry/01-words.md", line: 6 } },
    { line: 6, column: 20, length: 4, text: 1,
      target: { page: "chapters/01-entry/01-words.md", line: 7 } },
    { line: 10, column: 8, length: 4, text: 0,
      target: { page: "chapters/01-entry/01-words.md", line: 6 } },
  ]]]),
} };
const wordsHtml = pageHtml(wordsEntry, drawing);
const memoryHtml = pageHtml(memoryEntry, drawing);

/** What a browser would show as text. */
const textContent = (html: string): string => html.replace(/<[^>]*>/g, "")
  .replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&quot;/g, '"')
  .replace(/&#39;/g, "'").replace(/&amp;/g, "&");

test("places of pages and the links between them", () => {
  expect(urlOf("chapters/01-entry/01-words.md")).toBe("01-entry/01-words.html");
  expect(urlOf("chapters/index.md")).toBe("index.html");
  expect(rootOf("01-entry/01-words.html")).toBe("../");
  expect(rootOf("index.html")).toBe("");
  expect(between("01-entry/a.html", "02-idmap/b.html")).toBe("../02-idmap/b.html");
  expect(between("01-entry/01-words.html", "index.html")).toBe("../index.html");
  expect(between("a.html", "a.html")).toBe("");
});

test("only relative links to pages are links to pages", () => {
  const from = "chapters/01-entry/01-words.md";
  expect(pageLink("./02-memory.md#ram", from))
    .toEqual({ page: "chapters/01-entry/02-memory.md", fragment: "#ram" });
  for (const href of ["https://example.org/x.md", "/x.md", "#x", "x.html", "x.md?y"])
    expect(pageLink(href, from)).toBe(undefined);
});

test("the order of reading is front page, then each index and its pages", () => {
  expect(book.reading.map((e) => e.url)).toEqual(["index.html", "01-entry/index.html",
    "01-entry/01-words.html", "02-idmap/01-memory.html"]);
  expect(wordsEntry.importers).toEqual(["chapters/02-idmap/01-memory.md"]);
  expect(wordsEntry.definitions.map((d) => [d.name, d.line, d.exported])).toEqual([
    ["bits", 6, true], ["Word", 7, true]]);
});

test("the text of emitted code is the code, character by character", () => {
  const model = words.split("\n").slice(5, 8).join("\n");
  const code = `${model}\n\n  x = 'ä' + "\\u{1f4d6}📖";\n`;
  expect(textContent(emitCode(code))).toBe(code);
  expect(textContent(emitCode(code, "no such language"))).toBe(code);
  expect(textContent(emitCode("x"))).toBe("x");
  expect(emitCode("")).toBe("");
});

test("marks cut the colours where they must, and never the text", () => {
  const [line = []] = tokenize("export const bits = 0x40n;");
  const marked = emitLine(line, [
    { column: 13, length: 4, hover: 2, href: "a.html#b\"c" },
    { column: 15, length: 4 }, // overlaps: dropped
    { column: 25, length: 9 }, // passes the end: dropped
  ]);
  expect(textContent(marked)).toBe("export const bits = 0x40n;");
  expect(marked).toContain('<a class="t" data-h="2" href="a.html#b&quot;c">bits</a>');
  expect(marked.match(/class="t/g)).toHaveLength(1);
});

test("a cell of the page has the source as its text and the documented shape", () => {
  const m = /<pre class="code" tabindex="0"><code>(.*?)<\/code>/s.exec(wordsHtml);
  expect(textContent(m?.[1] ?? "")).toBe(wordsEntry.page.cells[0]?.code);
  expect(wordsHtml).toContain('<section class="cell cell-model" id="cell-0" '
    + 'data-cell="0" data-kind="model" data-line="6">');
  expect(wordsHtml).toContain('<div class="out" id="out-1" aria-live="polite"><ul');
  expect(wordsHtml).toContain('<span class="line" id="bits">');
});

test("a view shows its picture first, a static cell is not a cell", () => {
  const view = memoryHtml.slice(memoryHtml.indexOf('id="cell-1"'));
  expect(view.indexOf('id="out-1"')).toBeLessThan(view.indexOf("<details"));
  expect(memoryHtml).not.toContain('id="cell-2"');
  expect(memoryHtml).toContain('<pre class="code plain" tabindex="0" '
    + 'data-kind="ts static">');
});

test("names in code lead to their definitions, texts are the page's own", () => {
  expect(memoryHtml).toContain('href="../01-entry/01-words.html#bits">bits</a>');
  expect(memoryHtml).toContain('href="../01-entry/01-words.html#Word">Word</a>');
  expect(typesJson(memoryEntry, drawing)).toBe('["const bits: …","type Word"]');
  expect(memoryHtml).toContain(`"types":"${typesUrl(memoryEntry).split("/").at(-1)}"`);
  expect(wordsHtml).not.toContain('"types"');
});

test("a name of the code has its id; a heading of the same slug gives way", () => {
  const [, heading] = wordsEntry.page.headings;
  expect(heading && headingAnchor(heading, wordsEntry)).toBe("section-bits");
  expect(wordsHtml.match(/ id="bits"/g)).toHaveLength(1);
  const ids = [...wordsHtml.matchAll(/ id="([^"]*)"/g)].map((m) => m[1]);
  expect(ids).toEqual([...new Set(ids)]);
});

test("a claim in prose and in an aside is a link with its verdict", () => {
  expect(wordsHtml.match(/<a class="claim claim-ok" href="#W1"/g)).toHaveLength(2);
  expect(textContent(wordsHtml)).toContain("W1 (holds)");
  expect(wordsHtml).toContain("<strong>Z9</strong>");
  expect(wordsHtml).toContain("<strong>64</strong>");
  expect(wordsHtml).toContain("<aside>An <code>aside</code> with");
});

test("claims are failed, unrun or ok by what their tests said", () => {
  const state = (verdicts: readonly boolean[]) => claimsOf(book, new Map([
    ["chapters/01-entry/01-words.md", new Map([[1, { out: "", verdicts: verdicts.map(
      (ok) => ({ name: "W1 · bits are <b>", ok })) }]])]])).get("W1")?.state;
  expect(state([])).toBe("unrun");
  expect(state([true, true])).toBe("ok");
  expect(state([true, false])).toBe("failed");
  expect(summary([...claims.values()])).toBe("1 claim: all hold.");
});

test("what a table of cases fills in is left out of the sentence", () => {
  expect(sentences("test.each([])('T3 · %s at level %i is $kind', f)"))
    .toEqual([{ id: "T3", text: "… at level … is …" }]);
  expect(sentences('test("no claim", f); test(`K2 · ${x} it\\`s`, f)'))
    .toEqual([{ id: "K2", text: "… it`s" }]);
});

test("links in prose: rewritten, and the dead ones reported where they stand", () => {
  expect(proseHref("../01-entry/01-words.md#bits", memoryEntry, book))
    .toBe("../01-entry/01-words.html#bits");
  expect(proseHref("https://x.org/", memoryEntry, book)).toBe("https://x.org/");
  expect(linkProblems(memoryEntry, book).map((p) => [p.line, p.column, p.message]))
    .toEqual([
      [4, 11, "the link to chapters/02-idmap/07-none.md leads nowhere"],
      [4, 37, "chapters/01-entry/01-words.md has no place #none"],
    ]);
});

test("every page says what it is and loads nothing of another host", () => {
  for (const page of [wordsHtml, memoryHtml, notFoundHtml(book)]) {
    expect(page).toMatch(/<html lang="en">/);
    expect(page).toMatch(/<title>[^<]+ · Leaving the MMU On<\/title>/);
    expect(page).toContain("<main ");
    expect(page).not.toMatch(/(?:src|href)="(?:https?:)?\/\//);
  }
  expect(memoryHtml).toContain('"root":"../"');
  expect(description(memoryEntry.page)).toBe(
    "Words are on another page and nowhere, or there.");
});

test("data of a page cannot end its script element", () => {
  const hostile = { ...wordsEntry, path: "</script><b>" };
  const data = /id="page-data">(.*?)<\/script>/.exec(pageHtml(hostile, drawing))?.[1];
  expect(data).toContain('"page":"\\u003c/script>\\u003cb>"');
});
