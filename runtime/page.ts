import MarkdownIt, { type Token } from "markdown-it";

/** What a fence is for; the words after `ts` in its info string say so. */
export type CellKind = "model" | "test" | "view" | "static";
export type CellFlag = "slow" | "hide";

/**
 * One fenced cell. Lines count from 0 and index `Page.lines`; `first..last`
 * are the code lines (`first > last` when the cell is empty).
 */
export type Cell = {
  readonly id: number;
  readonly kind: CellKind;
  readonly flags: ReadonlySet<CellFlag>;
  readonly open: number;
  readonly first: number;
  readonly last: number;
  readonly close: number;
  readonly code: string;
};

/** Something wrong in a page: where (1-based), what, and what to do. */
export type Problem = {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
  readonly fix: string;
};

export type Heading = {
  readonly level: number;
  readonly text: string;
  readonly slug: string;
  readonly line: number;
};

export type Page = {
  /** Path from the project's root with forward slashes: the page's identity. */
  readonly path: string;
  readonly source: string;
  readonly lines: readonly string[];
  readonly title: string;
  readonly headings: readonly Heading[];
  readonly cells: readonly Cell[];
  readonly tokens: readonly Token[];
  readonly problems: readonly Problem[];
};

const kinds: ReadonlySet<string> = new Set(["test", "view", "static"]);
const flags: ReadonlySet<string> = new Set(["slow", "hide"]);

const isKind = (word: string): word is CellKind => kinds.has(word);
const isFlag = (word: string): word is CellFlag => flags.has(word);

/** The one Markdown parser of the project; the site adds renderer rules only. */
export const markdown = new MarkdownIt({ html: true, linkify: false });

/** Reads a page: its headings, its cells and what is wrong with their fences. */
export function parsePage(source: string, path: string): Page {
  const lines = source.split("\n");
  const tokens = markdown.parse(source, {});
  const problems: Problem[] = [];
  const cells: Cell[] = [];
  const headings: Heading[] = [];
  const report = (line: number, column: number, message: string, fix: string): void => {
    problems.push({ file: path, line: line + 1, column: column + 1, message, fix });
  };
  const crlf = lines.findIndex((line) => line.endsWith("\r"));
  if (crlf >= 0)
    report(crlf, (lines[crlf]?.length ?? 1) - 1, "the line ends with CR LF",
      "Save the page with LF line ends.");

  tokens.forEach((token, n) => {
    const [open = 0, end = 0] = token.map ?? [];
    if (token.type === "heading_open") {
      const text = tokens[n + 1]?.content ?? "";
      const level = Number(token.tag.slice(1));
      headings.push({ level, text, slug: slugOf(text, headings), line: open });
    }
    if (token.type !== "fence") return;
    const [language = "", ...words] = token.info.trim().split(/\s+/);
    if (language !== "ts") return;
    const line = lines[open] ?? "";
    const column = line.indexOf(token.markup);
    if (token.level > 0 || column !== 0) {
      report(open, Math.max(column, 0), "a cell inside a list or quote",
        "Move the fence to column 1 and out of the list or quote.");
      return;
    }
    const close = end - 1;
    if (close <= open || (lines[close] ?? "").trim() !== token.markup) {
      report(open, 0, "the cell is not closed",
        `Close it with a line ${token.markup} of its own.`);
      return;
    }
    const kindWords = words.filter(isKind);
    for (const word of words) {
      if (isKind(word) || isFlag(word)) continue;
      report(open, line.indexOf(word), `"${word}" is not a kind or a flag of a cell`,
        "Use ts, ts test, ts view or ts static, with the flags slow and hide.");
    }
    if (kindWords.length > 1)
      report(open, 0, `a cell cannot be ${kindWords.join(" and ")} at once`,
        "Keep one of the words.");
    cells.push({
      id: cells.length,
      kind: kindWords[0] ?? "model",
      flags: new Set(words.filter(isFlag)),
      open,
      first: open + 1,
      last: close - 1,
      close,
      code: token.content,
    });
  });
  const title = headings.find((h) => h.level === 1)?.text ?? "";
  if (title === "")
    report(0, 0, "the page has no title", "Begin it with a line `# A sentence`.");
  return { path, source, lines, title, headings, cells, tokens, problems };
}

function slugOf(text: string, before: readonly Heading[]): string {
  const base = text
    .toLowerCase()
    .replace(/[`*_]/g, "")
    .replace(/[^\p{L}\p{N}]+/gu, "-")
    .replace(/^-|-$/g, "");
  const same = before.filter((h) => h.slug === base || h.slug.startsWith(`${base}--`));
  return same.length === 0 ? base : `${base}--${same.length + 1}`;
}

/** `file:line:column`, the form that editors and terminals make clickable. */
export const place = (p: Pick<Problem, "file" | "line" | "column">): string =>
  `${p.file}:${p.line}:${p.column}`;

/** A problem as people see it: where and what, then one thing to do. */
export const printProblem = (p: Problem): string =>
  `${place(p)}  ${p.message}\n  ${p.fix}`;
