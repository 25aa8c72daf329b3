import type { Studied } from "./book.ts";
import type { Cell, Page, Problem } from "./page.ts";

/** A claim as a test cell names it: `test("W1 · …", …)`. */
export type Claim = {
  readonly id: string;
  readonly text: string;
  readonly page: string;
  readonly cell: number;
  /** 1-based. */
  readonly line: number;
  readonly column: number;
};

const maxColumns = 88;

/** Every claim of a page, in order. */
export function claimsOf(page: Page): Claim[] {
  return page.cells.filter((c) => c.kind === "test").flatMap((cell) =>
    [...cell.code.matchAll(/(["'`])([A-Z]{1,2}\d+) · ((?:(?!\1)[^\\]|\\.)*)\1/g)].map((m) => {
      const before = cell.code.slice(0, m.index).split("\n");
      return { id: m[2] ?? "", text: m[3] ?? "", page: page.path, cell: cell.id,
        line: cell.first + before.length, column: (before.at(-1)?.length ?? 0) + 1 };
    }));
}

/**
 * The house rules that a machine can keep, over the whole book; every problem
 * says how to mend it.
 */
export function tidy(book: readonly Studied[]): Problem[] {
  const owners = new Map<string, Claim>();
  return book.flatMap((studied) => {
    const { page } = studied;
    const index = page.path.endsWith("index.md");
    return [
      ...wideLines(page), ...headings(page), ...looseEnds(page), ...bareHex(page),
      ...unevaluated(page),
      ...claims(page, owners, index), ...betweenCells(page),
      ...(index ? [] : mentions(studied)),
    ];
  });
}

const problem = (
  page: Page, line: number, column: number, message: string, fix: string,
): Problem => ({ file: page.path, line: line + 1, column: column + 1, message, fix });

/** Lines of prose and cells; tables and links that cannot break may be wider. */
const wideLines = (page: Page): Problem[] => page.lines.flatMap((line, n) =>
  [...line].length > maxColumns && !/^\||\]\(\S+\)|^\[/.test(line)
    ? [problem(page, n, maxColumns, `${[...line].length} columns`,
      `Break the line before column ${maxColumns}.`)] : []);

function headings(page: Page): Problem[] {
  const found: Problem[] = [];
  let level = 0;
  for (const h of page.headings) {
    if (h.level > level + 1)
      found.push(problem(page, h.line, 0, `heading level ${h.level} after ${level}`,
        `Use level ${level + 1}.`));
    level = h.level;
  }
  if (page.headings.filter((h) => h.level === 1).length > 1)
    found.push(problem(page, page.headings[1]?.line ?? 0, 0, "two titles",
      "Keep one heading of level 1."));
  if (page.title.split(/\s+/).length < 3 && !page.path.endsWith("index.md"))
    found.push(problem(page, 0, 0, `the title "${page.title}" is not a sentence`,
      "Say the page's idea as a sentence that could be false."));
  return found;
}

const looseEnds = (page: Page): Problem[] => page.lines.flatMap((line, n) => {
  const m = /\b(TO(?:)DO|FIX(?:)ME|X(?:)XX)\b/.exec(line);
  return m ? [problem(page, n, m.index, `a leftover ${m[0]}`,
    "Do it, or say it under Left out.")] : [];
});

/** Prose is text: what should be computed in it would stand there as it is written. */
const unevaluated = (page: Page): Problem[] => proseOf(page).split("\n")
  .flatMap((line, n) => [...line.matchAll(/\$\{/g)].map((m) =>
    problem(page, n, m.index, "`${` in prose is not evaluated",
      "Show the sentence from a `ts view hide` cell.")));

/** Hex digits stand in groups of four, counted from the right. */
const bareHex = (page: Page): Problem[] => page.lines.flatMap((line, n) =>
  [...line.matchAll(/\b0x[0-9a-fA-F][0-9a-fA-F_]*/g)].flatMap((m) => {
    const digits = m[0].slice(2).replace(/_/g, "");
    const grouped = `0x${digits.toLowerCase().replace(/\B(?=(.{4})+$)/g, "_")}`;
    return m[0] === grouped ? []
      : [problem(page, n, m.index, `${m[0]} is not grouped by four`,
        `Write ${grouped}.`)];
  }));

function claims(page: Page, owners: Map<string, Claim>, index: boolean): Problem[] {
  const found: Problem[] = [];
  const own = claimsOf(page);
  const prose = proseOf(page);
  if (own.length === 0 && !index)
    found.push(problem(page, 0, 0, "no claim", "Prove at least one thing in a test cell."));
  for (const claim of own) {
    const at = [claim.line - 1, claim.column - 1] as const;
    const owner = owners.get(claim.id);
    // Several tests of one cell may share a claim: a table, and the case behind it. And
    // a slow cell may go further with what the page has claimed.
    const goesOn = page.cells[claim.cell]?.flags.has("slow") === true;
    if (owner && (owner.page !== claim.page || (owner.cell !== claim.cell && !goesOn)))
      found.push(problem(page, ...at, `claim ${claim.id} is taken`,
        `${owner.page}:${owner.line} has it. Use the next free number.`));
    owners.set(claim.id, owner ?? claim);
    if (!prose.includes(`**${claim.id}**`))
      found.push(problem(page, ...at, `claim ${claim.id} is not quoted in the prose`,
        `Write **${claim.id}** where the page first believes it.`));
  }
  for (const m of prose.matchAll(/\*\*([A-Z]{1,2}\d+)\*\*/g))
    if (!owners.has(m[1] ?? ""))
      found.push(problem(page, prose.slice(0, m.index).split("\n").length - 1, 0,
        `${m[1]} is quoted, but no page up to here claims it`,
        `Name a test "${m[1]} · …", or quote an earlier claim.`));
  return found;
}

/** The page with its cells blank: line n is line n. */
function proseOf(page: Page): string {
  const lines = [...page.lines];
  for (const token of page.tokens)
    if (token.type === "fence" && token.map)
      lines.fill("", token.map[0], token.map[1]);
  return lines.join("\n");
}

/** Two model cells never touch: a sentence says why the next one is there. */
function betweenCells(page: Page): Problem[] {
  const isShown = (c: Cell): boolean => c.kind === "model" && !c.flags.has("hide");
  return page.cells.flatMap((cell, n) => {
    const before = page.cells[n - 1];
    if (!before || !isShown(cell) || !isShown(before)) return [];
    const between = page.lines.slice(before.close + 1, cell.open);
    return between.some((line) => line.trim() !== "" && !line.startsWith("#")) ? []
      : [problem(page, cell.open, 0, "no sentence before this cell",
        "Say in 20 to 90 words why the cell is needed.")];
  });
}

/** Every value that a page offers to others is introduced by name. */
function mentions({ page, facts }: Studied): Problem[] {
  const prose = proseOf(page);
  const exported = (cell: Cell): string[] => (facts[cell.id]?.outputs ?? [])
    .map((o) => o.name)
    .filter((name) => facts[cell.id]?.exports.includes(name));
  return page.cells.flatMap((cell) => exported(cell).flatMap((name) =>
    new RegExp(`(?<![\\w$])${name.replace(/\$/g, "\\$")}(?![\\w$])`).test(prose) ? []
      : [problem(page, cell.open, 0, `\`${name}\` is exported but never mentioned`,
        "Introduce it in the prose, or do not export it.")]));
}
