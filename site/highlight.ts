import { createHighlighterCoreSync } from "shiki/core";
import { createJavaScriptRegexEngine } from "shiki/engine/javascript";
import c from "shiki/langs/c.mjs";
import json from "shiki/langs/json.mjs";
import shell from "shiki/langs/shellscript.mjs";
import typescript from "shiki/langs/typescript.mjs";
import { escapeText } from "../runtime/values.ts";

/** A stretch of one line with one colour; `kind` is a class of style.css or `""`. */
export type Piece = { readonly text: string; readonly kind: string };

/** An identifier with something to say: its hover text, where it is defined. */
export type Mark = {
  readonly column: number;
  readonly length: number;
  /** Index into the page's table of hover texts. */
  readonly hover?: number;
  readonly href?: string;
};

/**
 * What gets which colour: one letter for each, the class of style.css, because
 * pages hold tens of thousands of them. The most special scope of a piece decides.
 */
const scopes: Readonly<Record<string, readonly string[]>> = {
  c: ["comment", "comment storage", "comment entity", "comment variable",
    "comment punctuation"],
  k: ["keyword", "storage", "constant.language", "variable.language",
    "keyword.operator.new", "keyword.operator.expression"],
  o: ["keyword.operator", "storage.type.function.arrow",
    "punctuation.definition.template-expression"],
  f: ["entity.name.function", "support.function"],
  y: ["entity.name.type", "entity.name.class", "entity.other.inherited-class",
    "support.class", "support.type"],
  n: ["constant.numeric", "storage.type.numeric"],
  s: ["string", "constant.character.escape", "punctuation.definition.string"],
};

/** Themes hold colours: class number n is the colour #00000n. */
const letters = Object.keys(scopes);
const colorOf = (n: number): string => `#00000${n}`;
const shiki = createHighlighterCoreSync({
  themes: [{ name: "book", settings: [
    { settings: { foreground: colorOf(letters.length), background: "#ffffff" } },
    { scope: ["meta.template.expression"],
      settings: { foreground: colorOf(letters.length) } },
    ...letters.map((letter, n) => ({ scope: [...scopes[letter] ?? []],
      settings: { foreground: colorOf(n) } })),
  ] }],
  langs: [typescript, c, json, shell],
  engine: createJavaScriptRegexEngine(),
});

const languages: Readonly<Record<string, string>> = {
  ts: "typescript", c: "c", json: "json", sh: "shellscript", console: "shellscript",
};

const cache = new Map<string, readonly (readonly Piece[])[]>();

/** Lines of coloured pieces. A language that is not known gets no colours. */
export function tokenize(code: string, language = "ts"): readonly (readonly Piece[])[] {
  const key = `${language}\n${code}`;
  const known = cache.get(key);
  if (known) return known;
  const lang = languages[language];
  const lines = lang === undefined
    ? code.split("\n").map((text) => [{ text, kind: "" }])
    : shiki.codeToTokensBase(code, { lang, theme: "book", tokenizeTimeLimit: 0 })
      .map((line) => merge(line.map((t) => ({ text: t.content,
        kind: letters[Number(`0x${t.color?.slice(1)}`)] ?? "" }))));
  cache.set(key, lines);
  return lines;
}

/** Joins neighbours of one colour; spaces take that of their predecessor. */
function merge(pieces: readonly Piece[]): Piece[] {
  const out: Piece[] = [];
  for (const next of pieces) {
    const last = out.at(-1);
    const kind = /^\s*$/.test(next.text) ? last?.kind ?? "" : next.kind;
    if (last && last.kind === kind)
      out[out.length - 1] = { text: last.text + next.text, kind };
    else out.push({ ...next, kind });
  }
  return out;
}

/** Quotes need no escape outside attributes, and code is full of them. */
const escapeCode = (text: string): string =>
  text.replace(/&/g, "&amp;").replace(/</g, "&lt;");

/**
 * One line of code as HTML; its text content is the line, character by character.
 *
 * @param marks in order of their columns; one that overlaps its predecessor, or
 *   passes the end of the line, is dropped
 */
export function emitLine(pieces: readonly Piece[], marks: readonly Mark[]): string {
  const end = pieces.reduce((sum, p) => sum + p.text.length, 0);
  let out = "";
  let at = 0;
  for (const mark of marks) {
    if (mark.column < at || mark.column + mark.length > end) continue;
    out += emitPieces(slice(pieces, at, mark.column));
    at = mark.column + mark.length;
    out += emitMark(slice(pieces, mark.column, at), mark);
  }
  return out + emitPieces(slice(pieces, at, end));
}

/**
 * A whole cell as HTML, one `<span class="line">` for each line.
 *
 * @param marks by line, counted from 0
 * @param ids of lines, counted from 0; the first id of a line goes on the line itself
 */
export function emitCode(
  code: string,
  language = "ts",
  marks: ReadonlyMap<number, readonly Mark[]> = new Map(),
  ids: ReadonlyMap<number, readonly string[]> = new Map(),
): string {
  if (code === "") return "";
  const lines = tokenize(code.replace(/\n$/, ""), language);
  const text = lines.map((pieces, n) => {
    const [id, ...more] = ids.get(n) ?? [];
    const own = id === undefined ? "" : ` id="${escapeText(id)}"`;
    const others = more.map((m) => `<span id="${escapeText(m)}"></span>`).join("");
    const line = emitLine(pieces, marks.get(n) ?? []);
    return `<span class="line"${own}>${others}${line}</span>`;
  });
  return text.join("\n") + (code.endsWith("\n") ? "\n" : "");
}

const emitPieces = (pieces: readonly Piece[]): string =>
  pieces.map(({ text, kind }) => kind === ""
    ? escapeCode(text) : `<span class="${kind}">${escapeCode(text)}</span>`).join("");

function emitMark(pieces: readonly Piece[], mark: Mark): string {
  const only = pieces.length === 1 ? pieces[0] : undefined;
  const name = only && only.kind !== "" ? `t ${only.kind}` : "t";
  const hover = mark.hover === undefined ? "" : ` data-h="${mark.hover}"`;
  const inner = only ? escapeCode(only.text) : emitPieces(pieces);
  return mark.href === undefined ? `<span class="${name}"${hover}>${inner}</span>`
    : `<a class="${name}"${hover} href="${escapeText(mark.href)}">${inner}</a>`;
}

/** Columns `start..end` (end excluded) of a line. */
function slice(pieces: readonly Piece[], start: number, end: number): Piece[] {
  const out: Piece[] = [];
  let at = 0;
  for (const { text, kind } of pieces) {
    const part = text.slice(Math.max(0, start - at), Math.max(0, end - at));
    if (part !== "") out.push({ text: part, kind });
    at += text.length;
  }
  return out;
}
