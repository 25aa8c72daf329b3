import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { root, resolveImport, type Studied } from "../runtime/book.ts";
import { writeTangle } from "../runtime/check.ts";
import {
  pageOfUri, startTypescript, tangleUri, type Location, type Server,
} from "../runtime/lsp-client.ts";
import type { Page } from "../runtime/page.ts";
import { tangleCheck } from "../runtime/tangle.ts";

/** What a reader learns about one identifier. Lines and columns count from 0. */
export type Hover = {
  readonly line: number;
  readonly column: number;
  readonly length: number;
  /** Index into `TypeInfo.texts`. */
  readonly text: number;
  /** Where the name is defined, when that is another line of the book. */
  readonly target?: { readonly page: string; readonly line: number };
};

export type TypeInfo = {
  /** Plain text: the type, then after a blank line the docstring's first paragraph. */
  readonly texts: readonly string[];
  /** In the order of the page, by the page's path. */
  readonly pages: ReadonlyMap<string, readonly Hover[]>;
};

/** The hovers of one page; here `text` is the text itself. */
type Entry = Omit<Hover, "text"> & { readonly text: string };
type Kept = { readonly key: string; readonly entries: readonly Entry[] };

/**
 * Types and definitions of every identifier of the book.
 *
 * One TypeScript language server answers for all pages that changed, or whose
 * imported pages changed, since the last time; the others come from build/cache.
 *
 * @param seconds how long the server may take for a page
 *
 * Throws: when the server does not start, ends early, refuses a request or is late.
 */
export async function typeInfo(
  book: readonly Studied[], base = root, seconds = 120,
): Promise<TypeInfo> {
  const keys = await keysOf(book, base);
  const found = new Map<string, readonly Entry[]>();
  for (const { page } of book) {
    const kept = await readKept(page.path, base);
    if (kept && kept.key === keys.get(page.path)) found.set(page.path, kept.entries);
  }
  const changed = book.filter(({ page }) => !found.has(page.path));
  if (changed.length > 0) {
    await writeTangle(book, base);
    await askServer(changed, base, seconds, async (path, entries) => {
      found.set(path, entries);
      await keep(path, { key: keys.get(path) ?? "", entries }, base);
    });
  }
  return share(book, found);
}

/** Equal texts become one: a book has ten times as many names as types. */
function share(
  book: readonly Studied[], found: ReadonlyMap<string, readonly Entry[]>,
): TypeInfo {
  const numbers = new Map<string, number>();
  const numberOf = (text: string): number => {
    const number = numbers.get(text) ?? numbers.size;
    numbers.set(text, number);
    return number;
  };
  const numbered = (e: Entry): Hover => ({ ...e, text: numberOf(e.text) });
  const pages = new Map(book.map(({ page: { path } }) =>
    [path, (found.get(path) ?? []).map(numbered)]));
  return { texts: [...numbers.keys()], pages };
}

// The cache

const keptFile = (path: string, base: string): string =>
  join(base, "build/cache/types", `${path}.json`);

async function readKept(path: string, base: string): Promise<Kept | undefined> {
  try {
    const kept: Kept = JSON.parse(await readFile(keptFile(path, base), "utf8"));
    return kept;
  } catch {
    return undefined; // Missing or cut off: made again.
  }
}

async function keep(path: string, kept: Kept, base: string): Promise<void> {
  await mkdir(dirname(keptFile(path, base)), { recursive: true });
  await writeFile(keptFile(path, base), JSON.stringify(kept));
}

/** One hash a page: its text, the pages it imports, and everything they all need. */
async function keysOf(
  book: readonly Studied[], base: string,
): Promise<ReadonlyMap<string, string>> {
  const common = await Promise.all([
    readFile(new URL(import.meta.url)),
    readFile(new URL("../runtime/tangle.ts", import.meta.url)),
    readFile(new URL("../runtime/cells.d.ts", import.meta.url)),
    readFile(new URL("../package.json", import.meta.url)),
    readFile(join(base, "tsconfig.json")),
  ]);
  const keys = new Map<string, string>();
  for (const { page, facts } of book) {
    const hash = createHash("sha256");
    for (const text of common) hash.update(text);
    hash.update(page.source);
    for (const { from } of facts.flatMap((f) => f.imports))
      hash.update(keys.get(resolveImport(from, page.path)) ?? from);
    keys.set(page.path, hash.digest("hex"));
  }
  return keys;
}

// The server

async function askServer(
  book: readonly Studied[], base: string, seconds: number, onPage: OnPage,
): Promise<void> {
  const server = await startTypescript(base);
  let timer: NodeJS.Timeout | undefined;
  let wait = (): void => undefined;
  const late = new Promise<never>((_, reject) => {
    wait = () => {
      clearTimeout(timer);
      timer = setTimeout(() => reject(new Error(
        `the language server did not answer within ${seconds} s`)), seconds * 1000);
    };
  });
  wait();
  const answers = ask(server, book, base, async (path, entries) => {
    wait();
    await onPage(path, entries);
  });
  answers.catch(() => undefined);
  try {
    await Promise.race([answers, server.death, late]);
  } finally {
    clearTimeout(timer);
    server.close();
  }
}

type OnPage = (path: string, entries: readonly Entry[]) => Promise<void>;

async function ask(
  { connection }: Server, book: readonly Studied[], base: string, onPage: OnPage,
): Promise<void> {
  connection.onRequest("workspace/configuration", ({ items }: { items: unknown[] }) =>
    items.map(() => null));
  connection.onRequest("client/registerCapability", () => null);
  connection.listen();
  await connection.sendRequest("initialize", {
    processId: process.pid,
    rootUri: null,
    capabilities: { textDocument: {
      hover: { contentFormat: ["markdown"] },
      semanticTokens: { requests: { full: true }, formats: ["relative"],
        tokenTypes: identifiers, tokenModifiers: [] },
    } },
    // Otherwise the server logs every request: as many messages again.
    initializationOptions: { logVerbosity: 0 },
  });
  await connection.sendNotification("initialized", {});
  for (const { page } of book)
    await connection.sendNotification("textDocument/didOpen", { textDocument: {
      uri: tangleUri(page.path, base), languageId: "typescript", version: 1,
      text: tangleCheck(page),
    } });
  const left = book.values();
  await Promise.all(Array.from({ length: 4 }, async () => {
    for (const { page } of left)
      await onPage(page.path, await askPage(connection, page, base));
  }));
}

/** Every request of a page is under way before the first answer comes. */
async function askPage(
  connection: Server["connection"], page: Page, base: string,
): Promise<Entry[]> {
  const textDocument = { uri: tangleUri(page.path, base) };
  const tokens = await connection.sendRequest<{ data: number[] } | null>(
    "textDocument/semanticTokens/full", { textDocument });
  const all = [...importedNames(page), ...readTokens(tokens?.data ?? [])]
    .sort((a, b) => a.line - b.line || a.column - b.column);
  const entries = await Promise.all(all.map(async (token) => {
    const at = { textDocument,
      position: { line: token.line, character: token.column } };
    const [hover, definition] = await Promise.all([
      connection.sendRequest<HoverAnswer | null>("textDocument/hover", at),
      connection.sendRequest<Location[] | Location | null>(
        "textDocument/definition", at),
    ]);
    const text = plainText(hover?.contents.value ?? "");
    const target = targetOf([definition ?? []].flat(), base);
    const here = target?.page === page.path && target.line === token.line;
    if (text === "") return [];
    return { ...token, text, ...(target && !here ? { target } : {}) };
  }));
  return entries.flat();
}

/** Kinds of identifiers; the server leaves out those that a client does not name. */
const identifiers = [
  "namespace", "class", "enum", "interface", "typeParameter", "type", "parameter",
  "variable", "property", "enumMember", "event", "function", "method",
];

type HoverAnswer = { readonly contents: { readonly value: string } };
type Token = Pick<Hover, "line" | "column" | "length">;

/** Five numbers a token: lines, then columns since the last, length, kind, flags. */
function readTokens(data: readonly number[]): Token[] {
  const tokens: Token[] = [];
  let [line, column] = [0, 0];
  for (let n = 0; n + 4 < data.length; n += 5) {
    const [lines = 0, columns = 0, length = 0] = data.slice(n, n + 3);
    column = lines === 0 ? column + columns : columns;
    line += lines;
    tokens.push({ line, column, length });
  }
  return tokens;
}

const imported = /^import\s(?:type\s)?\s*\{([^}]*)\}/gmd;

/**
 * The names between the braces of imports, which are not among the semantic tokens.
 * What only looks like an import gets no hover from the server.
 */
function importedNames(page: Page): Token[] {
  return page.cells.filter((cell) => cell.kind === "model").flatMap((cell) =>
    [...cell.code.matchAll(imported)].flatMap((found) => {
      const [start, end] = found.indices?.[1] ?? [0, 0];
      const names = cell.code.slice(start, end).matchAll(/[\w$]+/g);
      return [...names].filter(([name]) => name !== "type" && name !== "as")
        .map(({ 0: name, index }) => {
          const before = cell.code.slice(0, start + index).split("\n");
          return { line: cell.first + before.length - 1,
            column: before.at(-1)?.length ?? 0, length: name.length };
        });
    }));
}

function targetOf(places: readonly Location[], base: string): Hover["target"] {
  for (const { uri, range } of places) {
    const page = pageOfUri(uri, base);
    if (page !== undefined) return { page, line: range.start.line };
  }
  return undefined;
}

/** The type out of its Markdown fence, and the first paragraph that describes it. */
export function plainText(markdown: string): string {
  const [, type = "", rest = ""] =
    /^```\w*\n(.*?)\n```\n*(.*)$/s.exec(markdown) ?? [];
  const [paragraph = ""] = rest.split(/\n\n/);
  const words = paragraph.startsWith("*@") ? "" : paragraph.replace(/\s+/g, " ").trim();
  return words === "" ? type : `${type}\n\n${words}`;
}
