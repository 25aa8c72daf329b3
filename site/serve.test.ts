import { mkdtemp, mkdir, rm, writeFile } from "node:fs/promises";
import { request, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createSiteServer, fileOf, listen } from "./serve.ts";

let folder = "";
let server: Server;
let address = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "site-"));
  await mkdir(join(folder, "site", "a"), { recursive: true });
  await writeFile(join(folder, "secret.txt"), "secret");
  await writeFile(join(folder, "site", "index.html"),
    "<!doctype html><head></head>front");
  await writeFile(join(folder, "site", "404.html"), "<!doctype html>none");
  await writeFile(join(folder, "site", "a", "index.html"), "chapter");
  await writeFile(join(folder, "site", "a", "x.md.js"),
    "export default 1;".repeat(200));
  await writeFile(join(folder, "site", "a", "dump.gz"), "raw");
  server = createSiteServer(join(folder, "site"), { page: (html) =>
    html.replace("</head>", "<i></i></head>") });
  address = await listen(server, { port: 0, host: "127.0.0.1" });
});

afterAll(async () => {
  server.close();
  await rm(folder, { recursive: true });
});

/** A request with its path exactly as written: `fetch` would tidy it. */
const raw = (path: string): Promise<number> => new Promise((resolve, reject) => {
  const { hostname, port } = new URL(address);
  request({ hostname, port, path }, (answer) => {
    answer.resume();
    resolve(answer.statusCode ?? 0);
  }).on("error", reject).end();
});

test("files come with their types, a tag, and the policy of the pages", async () => {
  const front = await fetch(address);
  expect(front.headers.get("content-type")).toBe("text/html; charset=utf-8");
  expect(front.headers.get("content-security-policy")).toContain("connect-src 'self'");
  expect(await front.text()).toBe("<!doctype html><head><i></i></head>front");
  const script = await fetch(`${address}a/x.md.js`);
  expect(script.headers.get("content-type")).toBe("text/javascript; charset=utf-8");
  expect(script.headers.get("content-encoding")).toBe("gzip");
  expect(await script.text()).toHaveLength(3400);
  const bytes = await fetch(`${address}a/dump.gz`);
  expect(bytes.headers.get("content-encoding")).toBe(null);
  expect(await bytes.text()).toBe("raw");
});

test("a file that did not change is not sent again", async () => {
  const first = await fetch(`${address}a/dump.gz`);
  const etag = first.headers.get("etag") ?? "";
  const again = await fetch(`${address}a/dump.gz`,
    { headers: { "if-none-match": etag } });
  expect(again.status).toBe(304);
});

test("a folder is its index, with and without the slash", async () => {
  expect(await (await fetch(`${address}a`)).text()).toBe("chapter");
  expect(await (await fetch(`${address}a/`)).text()).toBe("chapter");
});

test("what is not there is the page 404", async () => {
  const none = await fetch(`${address}deep/er/none.html`);
  expect(none.status).toBe(404);
  expect(await none.text()).toContain("none");
  expect((await fetch(address, { method: "POST" })).status).toBe(405);
});

test.each(["/../secret.txt", "/a/../../secret.txt", "/%2e%2e/secret.txt",
  "/a/%2e%2e/%2e%2e/secret.txt", "/..%2fsecret.txt", "/..%5csecret.txt", "/%00",
  "/%ff", "//../secret.txt"])("%s leads to nothing", async (path) => {
  expect(await raw(path)).toBe(404);
});

test("no path leaves the folder", () => {
  expect(fileOf("/site", "/a/b.html?x#y")).toBe("/site/a/b.html");
  expect(fileOf("/site", "/")).toBe("/site/index.html");
  expect(fileOf("/site", "/..%2fsite2/x")).toBe(undefined);
});

test("a port in use is one line that says what to do", async () => {
  const port = Number(new URL(address).port);
  await expect(listen(createSiteServer(folder), { port, host: "127.0.0.1" })).rejects
    .toThrow(new RegExp(`^port ${port} is in use: .*--port ${port + 1}.*--port 0`));
});
