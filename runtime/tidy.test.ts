import { expect, test } from "vitest";
import { readBook } from "./book.ts";
import { parsePage, printProblem } from "./page.ts";
import { study } from "./study.ts";
import { tidy } from "./tidy.ts";

const fence = "```";
const path = "chapters/1/01-a.md";
const found = (source: string): string[] =>
  tidy([study(parsePage(source, path))]).map((p) => printProblem(p).split("\n")[0] ?? "");
const good = `# A page says this

It defines \`x\`, and **A1** is believed here.

${fence}ts
export const x = 0x4020_0701n;
${fence}

${fence}ts test
test("A1 · x is that", () => { expect(x).toBe(0x4020_0701n); });
${fence}
`;

test("the book is tidy", async () => {
  expect(tidy(await readBook()).map(printProblem)).toEqual([]);
});

test("a tidy page has no problems", () => {
  expect(found(good)).toEqual([]);
});

test.each([
  ["a wide line", good.replace("It defines", `${"wide ".repeat(16)}It defines`),
    `${path}:3:89  124 columns`],
  ["a skipped heading", good.replace("It defines", "### Deep\n\nIt defines"),
    `${path}:3:1  heading level 3 after 1`],
  ["a title of one word", good.replace("A page says this", "Words"),
    `${path}:1:1  the title "Words" is not a sentence`],
  ["hex in one piece", good.replace("const x = 0x4020_0701n", "const x = 0x40200701n"),
    `${path}:6:18  0x40200701 is not grouped by four`],
  ["a claim nobody quotes", good.replace("**A1**", "it"),
    `${path}:10:6  claim A1 is not quoted in the prose`],
  ["a quote of no claim", good.replace("**A1**", "**A1**, **A2**"),
    `${path}:3:1  A2 is quoted, but no page up to here claims it`],
  ["an export nobody mentions", good.replace("`x`", "a thing"),
    `${path}:5:1  \`x\` is exported but never mentioned`],
  ["no claim", good.replace('"A1 · x', '"x').replace("**A1**", "it"),
    `${path}:1:1  no claim`],
  ["two cells that touch", good.replace(`${fence}ts test`,
    `${fence}ts\nconst y = 1;\n${fence}\n\n${fence}ts test`),
  `${path}:9:1  no sentence before this cell`],
  ["a value in prose", good.replace("believed", "${x}"),
    `${path}:3:31  \`\${\` in prose is not evaluated`],
  ["a leftover", good.replace("It defines", "TO" + "DO: It defines"),
    `${path}:3:1  a leftover TO` + "DO"],
])("tidy: %s", (_, source, expected) => {
  expect(found(source)).toEqual([expected]);
});

test("tidy: a claim goes on in a slow cell of its page, and in no other", () => {
  const more = (flags: string): string =>
    `${good}\n${fence}ts test${flags}\ntest("A1 · and more", () => {});\n${fence}\n`;
  expect(found(more(" slow"))).toEqual([]);
  expect(found(more("")).map((x) => x.replace(/^.*\d  /, "")))
    .toEqual(["claim A1 is taken"]);
});

test("tidy: two pages with one claim id", () => {
  const pages = [path, "chapters/1/02-b.md"].map((p, n) =>
    study(parsePage(good.replace("x is that", `x is that ${n}`), p)));
  expect(tidy(pages).map((p) => p.message)).toEqual(["claim A1 is taken"]);
});
