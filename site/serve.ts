import { createServer, type IncomingMessage, type Server, type ServerResponse }
  from "node:http";
import { readFile, stat } from "node:fs/promises";
import { extname, join, normalize, sep } from "node:path";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { contentSecurity } from "./html.ts";

const zip = promisify(gzip);

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".jpg": "image/jpeg",
  ".wasm": "application/wasm",
  ".txt": "text/plain; charset=utf-8",
  ".gz": "application/gzip",
};

const isText = (type: string): boolean => /^text\/|json|svg|wasm/.test(type);

/** What a server does besides giving out files. */
export type Extra = {
  /** Answers a request itself, or returns false. */
  readonly answer?: (request: IncomingMessage, response: ServerResponse) => boolean;
  /** Changes the HTML of a page on its way out. */
  readonly page?: (html: string) => string;
};

/**
 * The file of a request's path, inside `folder`; undefined when the path leads out
 * of it or cannot be read.
 */
export function fileOf(folder: string, url: string): string | undefined {
  let path: string;
  try {
    path = decodeURIComponent(new URL(url, "http://localhost").pathname);
  } catch {
    return undefined;
  }
  if (/[\0\\]/.test(path)) return undefined;
  const file = normalize(join(folder, path.endsWith("/") ? `${path}index.html` : path));
  return file.startsWith(folder.replace(/[\\/]$/, "") + sep) ? file : undefined;
}

/** A server for the files of a folder; it listens nowhere yet. */
export function createSiteServer(folder: string, extra: Extra = {}): Server {
  return createServer((request, response) => {
    if (extra.answer?.(request, response)) return;
    respond(folder, request, response, extra).catch((error: unknown) => {
      if (!response.headersSent) response.writeHead(500);
      response.end(`${error}\n`);
    });
  });
}

async function respond(
  folder: string, request: IncomingMessage, response: ServerResponse, extra: Extra,
): Promise<void> {
  const { method = "GET", url = "/" } = request;
  if (method !== "GET" && method !== "HEAD") {
    response.writeHead(405, { allow: "GET, HEAD" }).end();
    return;
  }
  const file = fileOf(folder, url);
  const info = file === undefined ? undefined : await stat(file).catch(() => undefined);
  if (info?.isDirectory()) {
    const { pathname, search } = new URL(url, "http://localhost");
    const name = pathname.slice(pathname.lastIndexOf("/"));
    response.writeHead(308, { location: `.${name}/${search}` }).end();
    return;
  }
  if (file === undefined || !info?.isFile())
    return send(join(folder, "404.html"), 404, request, response, extra);
  return send(file, 200, request, response, extra);
}

async function send(
  file: string, status: number, request: IncomingMessage, response: ServerResponse,
  extra: Extra,
): Promise<void> {
  const type = types[extname(file)] ?? "application/octet-stream";
  const info = await stat(file).catch(() => undefined);
  if (!info) {
    response.writeHead(404, { "content-type": "text/plain" }).end("Not found\n");
    return;
  }
  const tag = `W/"${info.size.toString(36)}-${Math.round(info.mtimeMs).toString(36)}"`;
  const headers: Record<string, string> = {
    "content-type": type, etag: tag, "cache-control": "no-cache",
    "content-security-policy": `${contentSecurity}; frame-ancestors 'self'`,
    "x-content-type-options": "nosniff", "referrer-policy": "no-referrer",
    vary: "accept-encoding",
  };
  if (status === 200 && request.headers["if-none-match"] === tag) {
    response.writeHead(304, headers).end();
    return;
  }
  const html = type.startsWith("text/html") ? extra.page : undefined;
  const bytes = html ? Buffer.from(html(await readFile(file, "utf8")))
    : await readFile(file);
  const zipped = isText(type) && bytes.length > 1400
    && /\bgzip\b/.test(String(request.headers["accept-encoding"] ?? ""));
  const body = zipped ? await zip(bytes) : bytes;
  if (zipped) headers["content-encoding"] = "gzip";
  headers["content-length"] = String(body.length);
  response.writeHead(status, headers);
  response.end(request.method === "HEAD" ? undefined : body);
}

/** Where a server should listen; port 0 is any free one. */
export type Listen = { readonly port: number; readonly host: string };

/**
 * Starts to listen.
 *
 * @returns the address, `http://localhost:8080/`
 * Throws: `ListenError` when the port or the host cannot be had
 */
export async function listen(server: Server, { port, host }: Listen): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) =>
      reject(new ListenError(listenAdvice(error, { port, host }))));
    server.listen(port, host, resolve);
  });
  const address = server.address();
  const actual = typeof address === "object" && address ? address.port : port;
  const name = host.includes(":") ? `[${host}]` : host;
  return `http://${name}:${actual}/`;
}

/** One line that says why nobody can listen there and what to do. */
export class ListenError extends Error { override name = "ListenError"; }

function listenAdvice(error: NodeJS.ErrnoException, { port, host }: Listen): string {
  switch (error.code) {
    case "EADDRINUSE":
      return `port ${port} is in use: stop what listens there, or choose another one `
        + `with --port ${port + 1} (--port 0 takes any free port)`;
    case "EACCES":
      return `port ${port} needs more rights than we have: choose one above 1023 `
        + "with --port";
    default:
      return `cannot listen on ${host}, port ${port}: ${error.message}`;
  }
}
