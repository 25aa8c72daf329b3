import { realpathSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath, pathToFileURL } from "node:url";
import rpc, { type CancellationToken } from "vscode-jsonrpc/node";
import { pagePath, readBook, readPage, root, type Studied } from "./book.ts";
import { writeTangle } from "./check.ts";
import { pageOfUri, startTypescript, tangleUri, type Range } from "./lsp-client.ts";
import { parsePage, type Page, type Problem } from "./page.ts";
import { isPagePath } from "./paths.ts";
import { checkRules } from "./rules.ts";
import { study } from "./study.ts";
import { tangleCheck } from "./tangle.ts";

/*
 * A page and its tangle have equal positions. So all that stands between an editor
 * and TypeScript's own language server is: other names of files, the tangle in the
 * place of the Markdown, silence in prose, and the rules of cells as diagnostics.
 */

type Json = Readonly<Record<string, unknown>>;
type Edit = { readonly range: Range; readonly newText: string };
type Diagnostic = Json & { readonly range: Range; readonly message: string };

/**
 * Serves one editor until it leaves.
 *
 * @returns the exit status: 0 after an orderly `shutdown` and `exit`
 *
 * Throws: when TypeScript's server does not start or ends early.
 */
export async function serveEditor(
  input: Readable, output: Writable, base: string,
): Promise<number> {
  const book = await readBook(base);
  await writeTangle(book, base);
  const pages = new Map(book.map(({ page }) => [page.path, page]));
  const studied = new WeakMap(book.map((s) => [s.page, s]));
  /** Open pages, and how the editor spells their names. */
  const open = new Map<string, string>();
  const typescript = await startTypescript(base);
  const server = typescript.connection;
  const editor = rpc.createMessageConnection(input, output);
  let pulls = false;
  let orderly = false;

  const pageFor = (uri: unknown): string | undefined =>
    typeof uri === "string" ? pageOfEditor(uri, base) : undefined;
  const uriOf = (path: string): string =>
    open.get(path) ?? pathToFileURL(join(base, path)).href;
  const toServer = (value: unknown): unknown => mapTexts(value, (text) => {
    const path = pageFor(text);
    return path === undefined ? text : tangleUri(path, base);
  });
  const toEditor = (value: unknown): unknown => mapTexts(anchored(value), (text) =>
    text.replace(/file:\/\/[^\s"'()#]+\.md\.ts\b/g, (uri) => {
      const path = pageOfUri(uri, base);
      return path === undefined ? uri : uriOf(path);
    }));
  const anchored = (value: unknown): unknown => anchorEdits(value, (uri) => {
    const path = uri.startsWith("file:") ? pageOfUri(uri, base)
      : pageOfUri(pathToFileURL(uri).href, base);
    return path === undefined ? undefined : pages.get(path);
  });

  const rules = (path: string): Diagnostic[] => {
    const page = pages.get(path);
    const all = [...pages.values()].sort((a, b) => a.path < b.path ? -1 : 1);
    const problems = checkRules(all.map((p): Studied => {
      const known = studied.get(p) ?? study(p);
      studied.set(p, known);
      return known;
    }));
    return page ? problems.filter((p) => p.file === path)
      .map((p) => ruleDiagnostic(p, page)) : [];
  };
  /** The types' diagnostics of a page, then the rules'. */
  const diagnose = async (path: string, token: CancellationToken): Promise<Json> => {
    const params = { textDocument: { uri: tangleUri(path, base) } };
    const report = await server.sendRequest<Json>(
      "textDocument/diagnostic", params, token);
    const items = Array.isArray(report["items"]) ? report["items"] : [];
    return { ...record(toEditor(report)), kind: "full",
      items: [...items.map(toEditor), ...rules(path)] };
  };
  let publishing: NodeJS.Timeout | undefined;
  /** For editors that wait for diagnostics instead of asking. */
  const publish = (): void => {
    if (pulls) return;
    clearTimeout(publishing);
    publishing = setTimeout(() => {
      for (const path of open.keys())
        diagnose(path, rpc.CancellationToken.None).then(
          ({ items: diagnostics }) => open.has(path) ? send(editor,
            "textDocument/publishDiagnostics", { uri: uriOf(path), diagnostics })
            : undefined,
          (error: unknown) => send(editor, "window/logMessage",
            { type: 1, message: `diagnostics of ${path}: ${String(error)}` }));
    }, 100);
  };

  /** A page changed on disk; the text of an open page is the editor's. */
  const reread = async (path: string): Promise<void> => {
    const page = open.has(path) ? pages.get(path)
      : await readPage(path, base).catch(() => undefined);
    if (page) pages.set(path, page);
    else pages.delete(path);
    await writeTangle([...pages.values()].map((page) => ({ page })), base);
    await send(server, "workspace/didChangeWatchedFiles", { changes: [
      { uri: tangleUri(path, base), type: page ? change.changed : change.deleted }] });
    publish();
  };

  const fromEditor: Readonly<Record<string, (params: Json) => unknown>> = {
    "textDocument/didOpen": (params) => {
      const document = record(params["textDocument"]);
      const { uri, text, version } = document;
      const path = pageFor(uri);
      if (path === undefined) return send(server, "textDocument/didOpen", params);
      open.set(path, String(uri));
      const page = parsePage(String(text), path);
      pages.set(path, page);
      publish();
      return send(server, "textDocument/didOpen", { textDocument: {
        uri: tangleUri(path, base), languageId: "typescript", version,
        text: tangleCheck(page) } });
    },
    "textDocument/didChange": (params) => {
      const path = pageFor(record(params["textDocument"])["uri"]);
      if (path === undefined) return send(server, "textDocument/didChange", params);
      const changes = Array.isArray(params["contentChanges"])
        ? params["contentChanges"] : [];
      const page = parsePage(String(record(changes.at(-1))["text"]), path);
      pages.set(path, page);
      publish();
      return send(server, "textDocument/didChange", { ...record(toServer(params)),
        contentChanges: [{ text: tangleCheck(page) }] });
    },
    "textDocument/didSave": (params) => {
      const { textDocument } = params;
      const path = pageFor(record(textDocument)["uri"]);
      return Promise.all([
        send(server, "textDocument/didSave", { textDocument: toServer(textDocument) }),
        path === undefined ? undefined : reread(path),
      ]);
    },
    "textDocument/didClose": (params) => {
      const path = pageFor(record(params["textDocument"])["uri"]);
      const told = send(server, "textDocument/didClose", toServer(params));
      if (path === undefined) return told;
      if (!pulls) void send(editor, "textDocument/publishDiagnostics",
        { uri: uriOf(path), diagnostics: [] });
      open.delete(path);
      return Promise.all([told, reread(path)]);
    },
    "workspace/didChangeWatchedFiles": (params) => {
      const changes = Array.isArray(params["changes"]) ? params["changes"] : [];
      const paths = changes.map((c) => pageFor(record(c)["uri"]));
      const others = changes.filter((_, n) => paths[n] === undefined);
      return Promise.all([
        ...paths.map((path) => path === undefined || open.has(path)
          ? undefined : reread(path)),
        others.length === 0 ? undefined
          : send(server, "workspace/didChangeWatchedFiles", { changes: others }),
      ]);
    },
  };

  const answer = (
    method: string, params: unknown, token: CancellationToken,
  ): unknown => {
    if (method === "initialize") {
      const able = record(record(params)["capabilities"]);
      pulls = "diagnostic" in record(able["textDocument"]);
      return server.sendRequest<Json>(method, ourClient(record(params)), token)
        .then(ourServer);
    }
    if (method === "shutdown") orderly = true;
    const { textDocument, position } = record(params);
    const path = pageFor(record(textDocument)["uri"]);
    if (path !== undefined && method === "textDocument/diagnostic")
      return diagnose(path, token);
    if (path !== undefined && position !== undefined
      && !inCell(pages.get(path), position)) return null;
    return ask(server, method, toServer(params), token).then(toEditor);
  };

  editor.onRequest((method, params, token) => answer(method, params, token));
  server.onRequest((method, params, token) =>
    ask(editor, method, toEditor(params), token).then(toServer));
  server.onNotification((method, params) => send(editor, method, toEditor(params)));
  const left = new Promise<number>((done) => {
    editor.onNotification(async (method, params) => {
      if (method === "exit") return done(orderly ? 0 : 1);
      const known = fromEditor[method];
      await (known ? known(record(params)) : send(server, method, toServer(params)));
    });
    editor.onClose(() => done(1));
  });
  server.listen();
  editor.listen();
  try {
    return await Promise.race([left, typescript.death]);
  } finally {
    clearTimeout(publishing);
    typescript.close();
    editor.dispose();
  }
}

type Connection = ReturnType<typeof rpc.createMessageConnection>;

const change = { changed: 2, deleted: 3 } as const;

/**
 * A message without parameters must not become one with the parameter `null`.
 * When the other side has left, `serveEditor` ends by itself.
 */
const send = (to: Connection, method: string, params?: unknown): Promise<void> =>
  (params === undefined || params === null
    ? to.sendNotification(method) : to.sendNotification(method, params))
    .catch(() => undefined);

const ask = (
  to: Connection, method: string, params: unknown, token: CancellationToken,
): Promise<unknown> =>
  params === undefined || params === null ? to.sendRequest<unknown>(method, token)
    : to.sendRequest<unknown>(method, params, token);

const isRecord = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const record = (value: unknown): Json => isRecord(value) ? value : {};

/** Every string of a message, keys included; `data` belongs to the other side. */
function mapTexts(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === "string") return change(value);
  if (Array.isArray(value)) return value.map((item) => mapTexts(item, change));
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) =>
    [change(key), key === "data" ? item : mapTexts(item, change)]));
}

/** The page an editor means, if the URI is a page's, also through a symbolic link. */
function pageOfEditor(uri: string, base: string): string | undefined {
  if (!uri.startsWith("file:") || !uri.endsWith(".md")) return undefined;
  const file = fileURLToPath(uri);
  const path = pagePath(realPath(file), base);
  return isPagePath(path) ? path : undefined;
}

function realPath(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    return resolve(file); // Not saved yet.
  }
}

/**
 * What TypeScript's server is told about the editor: it can ask for diagnostics
 * (the server does not send them by itself), and counts as everything here counts.
 */
function ourClient(params: Json): Json {
  const capabilities = record(params["capabilities"]);
  const textDocument = record(capabilities["textDocument"]);
  return { ...params, capabilities: { ...capabilities,
    general: { ...record(capabilities["general"]), positionEncodings: ["utf-16"] },
    textDocument: { ...textDocument, diagnostic: textDocument["diagnostic"] ?? {} },
  } };
}

/**
 * What the editor is told about the server: pages come whole, as the tangle needs
 * them, and nothing formats, because a formatter would take the prose for blank lines.
 */
function ourServer(result: Json): Json {
  const {
    documentFormattingProvider: _whole, documentRangeFormattingProvider: _range,
    documentOnTypeFormattingProvider: _typing, ...capabilities
  } = record(result["capabilities"]);
  return { ...result, capabilities: { ...capabilities,
    textDocumentSync: { openClose: true, change: 1, save: true } } };
}

const liveCells = (page: Page) => page.cells.filter((c) => c.kind !== "static");

/** In prose there is nothing to complete, to hover or to rename. */
function inCell(page: Page | undefined, position: unknown): boolean {
  const line = record(position)["line"];
  return page !== undefined && typeof line === "number"
    && liveCells(page).some((c) => c.first <= line && line <= c.last);
}

/**
 * Edits of pages, kept inside cells: an import that TypeScript would put above
 * everything goes to the top of the first model cell.
 *
 * @param pageAt the page behind a URI or a file name of the server's
 */
function anchorEdits(
  value: unknown, pageAt: (uri: string) => Page | undefined,
): unknown {
  if (Array.isArray(value)) return value.map((item) => anchorEdits(item, pageAt));
  if (!isRecord(value)) return value;
  const keep = (edits: unknown, uri: unknown): unknown => {
    const page = typeof uri === "string" ? pageAt(uri) : undefined;
    return page && Array.isArray(edits)
      ? edits.flatMap((edit: Edit) => anchorEdit(edit, page)) : edits;
  };
  return Object.fromEntries(Object.entries(value).map(([key, item]) => {
    if (key === "data") return [key, item];
    if (key === "additionalTextEdits")
      return [key, keep(item, record(value["data"])["fileName"])];
    if (key === "edits") return [key, keep(item, record(value["textDocument"])["uri"])];
    if (key === "changes" && isRecord(item))
      return [key, Object.fromEntries(Object.entries(item)
        .map(([uri, edits]) => [uri, keep(edits, uri)]))];
    return [key, anchorEdits(item, pageAt)];
  }));
}

/** The edit, or the same text where a page has room for it, or nothing. */
function anchorEdit(edit: Edit, page: Page): Edit[] {
  const { start, end } = edit.range;
  if (inCell(page, start) && inCell(page, end)) return [edit];
  const insertion = start.line === end.line && start.character === end.character;
  const model = page.cells.find((c) => c.kind === "model");
  const [first] = liveCells(page);
  if (!insertion || !first) return [];
  const at = { line: model ? model.first : first.open, character: 0 };
  const newText = model ? edit.newText
    : `\`\`\`ts\n${edit.newText.trimEnd()}\n\`\`\`\n\n`;
  return [{ range: { start: at, end: at }, newText }];
}

/** A broken rule as a diagnostic of the word it points to. */
function ruleDiagnostic(problem: Problem, page: Page): Diagnostic {
  const line = problem.line - 1;
  const character = problem.column - 1;
  const rest = (page.lines[line] ?? "").slice(character);
  const [word = " "] = /^(?:[\w$]+|.)/.exec(rest) ?? [];
  return {
    range: { start: { line, character },
      end: { line, character: character + word.length } },
    severity: 1, source: "rules", message: `${problem.message}\n${problem.fix}`,
  };
}

/** `MMU_ON_BASE` names another folder that has `chapters/` and a `tsconfig.json`. */
if (pagePath(realPath(process.argv[1] ?? "")) === "runtime/language-server.ts") {
  const wrong = process.argv.slice(2).find((word) => word !== "--stdio");
  if (wrong !== undefined) {
    console.error(`lsp: no option or operand is known but --stdio, got ${wrong}`);
    process.exit(2);
  }
  const base = resolve(process.env["MMU_ON_BASE"] ?? root);
  serveEditor(process.stdin, process.stdout, base).then(
    (status) => process.exit(status),
    (error: unknown) => {
      console.error(`lsp: ${error instanceof Error ? error.message : String(error)}`);
      process.exit(1);
    });
}
