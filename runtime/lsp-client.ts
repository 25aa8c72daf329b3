import { spawn } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import rpc, { type MessageConnection } from "vscode-jsonrpc/node";
import { pagePath } from "./paths.ts";
import { typescriptExecutable } from "./typescript.ts";

// The few words of the Language Server Protocol that this project speaks.

/** Both count from 0; `character` counts UTF-16 units. */
export type Position = { readonly line: number; readonly character: number };
export type Range = { readonly start: Position; readonly end: Position };
export type Location = { readonly uri: string; readonly range: Range };

/** A language server as a child process; `listen` on its connection to begin. */
export type Server = {
  readonly connection: MessageConnection;
  /** Rejects when the process ends before `close`. Never resolves. */
  readonly death: Promise<never>;
  readonly close: () => void;
};

/** Starts a program that speaks the protocol on standard input and output. */
export function startServer(
  command: string, args: readonly string[], cwd: string,
  env: Readonly<Record<string, string>> = {},
): Server {
  const child = spawn(command, args,
    { cwd, env: { ...process.env, ...env }, stdio: ["pipe", "pipe", "pipe"] });
  const connection = rpc.createMessageConnection(child.stdout, child.stdin);
  // What the connection cannot write is told by `death`.
  connection.onError(() => undefined);
  child.stdin.on("error", () => undefined);
  let closed = false;
  let complaint = "";
  child.stderr.on("data", (chunk) => {
    complaint = `${complaint}${chunk}`.slice(-2000);
  });
  const death = new Promise<never>((_, reject) => {
    const fail = (what: string): void => {
      connection.dispose();
      const message = `the language server ${what}\n${complaint}`.trim();
      if (!closed) reject(new Error(message));
    };
    child.on("error", (error) => fail(`does not start: ${error.message}`));
    child.on("close", (code, signal) =>
      fail(`ended with ${signal ?? `status ${code}`}`));
  });
  death.catch(() => undefined);
  return { connection, death, close: () => { closed = true; child.kill(); } };
}

/** TypeScript's own language server. */
export const startTypescript = async (base: string): Promise<Server> =>
  startServer(await typescriptExecutable(), ["--lsp", "--stdio"], base);

const tangled = "build/tangle/";

/** The file that the language server reads for a page, as a URI. */
export const tangleUri = (page: string, base: string): string =>
  pathToFileURL(join(base, `${tangled}${page}.ts`)).href;

/** The page that a file of build/tangle was made from; undefined for other files. */
export function pageOfUri(uri: string, base: string): string | undefined {
  if (!uri.startsWith("file:")) return undefined;
  const path = pagePath(fileURLToPath(uri), base);
  return path.startsWith(tangled) && path.endsWith(".md.ts")
    ? path.slice(tangled.length, -".ts".length) : undefined;
}
