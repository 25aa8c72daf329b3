import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startServer, type Location, type Server } from "./lsp-client.ts";
import { scratchBook, type Scratch } from "./scratch.ts";

const one = "chapters/1-x/01-one.md";
const two = "chapters/1-x/02-two.md";
const text = (...lines: readonly string[]): string => `${lines.join("\n")}\n`;

/** Line numbers below count from 0, as the protocol does. */
const onDisk = {
  "tsconfig.json": JSON.stringify({
    extends: "../../tsconfig.json",
    compilerOptions: { rootDirs: [".", "build/tangle"] },
    include: ["../../runtime/cells.d.ts", "build/tangle"],
  }),
  [one]: text("# One", "", "Half of it, with half a word of prose.", "", "```ts",
    "/** Half of a number. */", "export const half = (x: number): number => x / 2;",
    "export const third = 3;", "```"),
  [two]: text("# Two", "", "```ts", 'import { half } from "./01-one.md";', "```", "",
    "```ts", "export const quarter = half(half(1));", "```"),
};
const edited = text("# Two", "", "```ts", 'import { half } from "./01-one.md";', "```",
  "", "```ts", "export const quarter: string = half(half(1));", "```", "", "```ts",
  "let thi = 1;", "```", "", "half");

let scratch: Scratch;
const servers: Server[] = [];

beforeAll(async () => { scratch = await scratchBook(onDisk); });
afterAll(async () => {
  for (const server of servers) server.close();
  await scratch.remove();
});

/** Starts the real server and shakes hands as an editor with these abilities. */
async function editor(textDocument: object) {
  const server = startServer(process.execPath,
    ["--import", "./runtime/engine.mjs", "runtime/language-server.ts"],
    fileURLToPath(new URL("..", import.meta.url)), { MMU_ON_BASE: scratch.base });
  servers.push(server);
  const { connection } = server;
  connection.onRequest(() => null);
  const published = new Map<string, (diagnostics: unknown) => void>();
  connection.onNotification("textDocument/publishDiagnostics",
    ({ uri, diagnostics }: { uri: string; diagnostics: unknown[] }) => {
      if (diagnostics.length > 0) published.get(uri)?.(diagnostics);
    });
  connection.listen();
  const hello = await connection.sendRequest<{ capabilities: Record<string, unknown> }>(
    "initialize",
    { processId: process.pid, rootUri: null, capabilities: { textDocument } });
  await connection.sendNotification("initialized", {});
  const uri = (page: string): string => pathToFileURL(join(scratch.base, page)).href;
  return {
    ...server, uri, capabilities: hello.capabilities,
    open: (page: string, text: string) => connection.sendNotification(
      "textDocument/didOpen", { textDocument:
        { uri: uri(page), languageId: "markdown", version: 1, text } }),
    change: (page: string, text: string) => connection.sendNotification(
      "textDocument/didChange", { textDocument: { uri: uri(page), version: 2 },
        contentChanges: [{ text }] }),
    at: <T>(method: string, page: string, line: number, character: number) =>
      connection.sendRequest<T>(`textDocument/${method}`,
        { textDocument: { uri: uri(page) }, position: { line, character } }),
    diagnosticsOf: (page: string) => new Promise<unknown>((resolve) => {
      published.set(uri(page), resolve);
    }),
  };
}

/** What the edited page deserves: one type error, and one broken rule. */
const wanted = [
  expect.objectContaining({
    message: "Type 'number' is not assignable to type 'string'.",
    range: { start: { line: 7, character: 13 }, end: { line: 7, character: 20 } } }),
  expect.objectContaining({ source: "rules",
    message: "`let` at the top level of a cell\nUse `const`; a value that changes "
      + "belongs into a function or an input.",
    range: { start: { line: 11, character: 0 }, end: { line: 11, character: 3 } } }),
];

type Items = { readonly items: readonly { readonly label: string }[] };

test("an editor that asks gets types, places and diagnostics of pages", async () => {
  const { at, capabilities, change, connection, open, uri } = await editor({
    diagnostic: {}, hover: { contentFormat: ["markdown"] },
    completion: { completionItem: {
      resolveSupport: { properties: ["additionalTextEdits"] } } } });
  expect(capabilities).toMatchObject({ textDocumentSync: { change: 1 } });
  expect(capabilities).not.toHaveProperty("documentFormattingProvider");
  await open(two, onDisk[two]);

  const hover = await at<{ contents: { value: string } }>("hover", two, 7, 24);
  expect(hover.contents.value).toContain("const half: (x: number) => number");
  expect(hover.contents.value).toContain("Half of a number.");

  const line = { start: { line: 6, character: 13 }, end: { line: 6, character: 17 } };
  expect(await at("definition", two, 7, 24))
    .toMatchObject([{ uri: uri(one), range: line }]);
  expect((await connection.sendRequest<Location[]>("textDocument/references",
    { textDocument: { uri: uri(two) }, position: { line: 7, character: 24 },
      context: { includeDeclaration: true } }))
    .map((r) => [r.uri, r.range.start.line]).sort())
    .toEqual([[uri(one), 6], [uri(two), 3], [uri(two), 7], [uri(two), 7]]);
  const renamed = await connection.sendRequest<{ changes: Record<string, unknown[]> }>(
    "textDocument/rename", { textDocument: { uri: uri(two) },
      position: { line: 7, character: 14 }, newName: "fourth" });
  expect(renamed.changes).toEqual({ [uri(two)]: [{ newText: "fourth", range:
    { start: { line: 7, character: 13 }, end: { line: 7, character: 20 } } }] });

  await change(two, edited);
  const report = await connection.sendRequest<Items>(
    "textDocument/diagnostic", { textDocument: { uri: uri(two) } });
  for (const item of wanted) expect(report.items).toContainEqual(item);

  const names = await at<Items>("completion", two, 7, 35);
  expect(names.items.map((i) => i.label)).toContain("half");
  expect(await at("completion", two, 14, 4)).toBeNull();
  expect(await at("hover", two, 14, 1)).toBeNull();
});

test("an import that TypeScript adds lands in a cell", async () => {
  const { at, connection, open } = await editor({ completion: { completionItem: {
    resolveSupport: { properties: ["additionalTextEdits"] } } } });
  const third = async (page: string, line: number, character: number) => {
    const { items } = await at<Items>("completion", page, line, character);
    return connection.sendRequest<{ additionalTextEdits: unknown }>(
      "completionItem/resolve", items.find((i) => i.label === "third"));
  };
  const insert = (line: number, newText: string) => ({ additionalTextEdits: [{ newText,
    range: { start: { line, character: 0 }, end: { line, character: 0 } } }] });
  await open("chapters/1-x/03-three.md", text("# Three", "", "```ts",
    "export const nine = thir", "```"));
  expect(await third("chapters/1-x/03-three.md", 3, 24)).toMatchObject(
    insert(3, 'import { third } from "./01-one.md";\n'));
  await open("chapters/1-x/04-four.md", text("# Four", "", "```ts view",
    "display(thir)", "```"));
  expect(await third("chapters/1-x/04-four.md", 3, 12)).toMatchObject(
    insert(2, '```ts\nimport { third } from "./01-one.md";\n```\n\n'));
});

test("an editor that waits is sent the diagnostics, of every open page", async () => {
  const { change, connection, death, diagnosticsOf, open } = await editor({});
  const first = diagnosticsOf(two);
  await open(two, edited);
  const seen = await Promise.race([first, death]);
  for (const item of wanted) expect(seen).toContainEqual(item);
  const next = diagnosticsOf(two);
  await open(one, onDisk[one]);
  await change(one, onDisk[one].replaceAll("half", "part"));
  expect(await Promise.race([next, death])).toContainEqual(expect.objectContaining({
    source: "rules", message: "chapters/1-x/01-one.md does not export `half`\n"
      + "Nearest: `part`." }));
  await connection.sendRequest("shutdown");
  await connection.sendNotification("exit");
  await expect(death).rejects.toThrow("the language server ended with status 0");
});

test("a server that fails says how and why", async () => {
  const program = "console.error('no room'); process.exit(3)";
  const run = (command: string) => startServer(command, ["-e", program], scratch.base);
  await expect(run(process.execPath).death).rejects
    .toThrow("the language server ended with status 3\nno room");
  await expect(run("./none").death).rejects
    .toThrow("the language server does not start: spawn ./none ENOENT");
});
