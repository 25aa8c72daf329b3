import { cp, mkdir, mkdtemp, rm } from "node:fs/promises";
import type { Server } from "node:http";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type {
  Browser, BrowserContext, BrowserContextOptions, ConsoleMessage, Locator, Page,
} from "playwright-core";
import { afterAll, beforeAll, expect, test as base } from "vitest";
import { root } from "../../runtime/paths.ts";
import { createSite } from "../build.ts";
import { createSiteServer, listen } from "../serve.ts";
import { launch } from "./browser.ts";

let browser: Browser;
let usual: BrowserContext;
let server: Server;
/** Of the small book's server, with a slash at the end. */
export let address: string;
let folder: string;

/**
 * One small book, one server, one browser. Each test has a tab of its own, and
 * with it edits of its own; the browser's cache is common.
 */
export function useSmallBook(): void {
  beforeAll(open, 60_000);
  afterAll(close);
}

async function open(): Promise<void> {
  await mkdir(join(root, "build"), { recursive: true });
  folder = await mkdtemp(join(root, "build", "book-"));
  await cp(fileURLToPath(new URL("fixtures", import.meta.url)), folder,
    { recursive: true });
  const out = join(folder, "site");
  const site = createSite({ base: folder, out });
  const [started] = await Promise.all([launch(), site.build()]);
  browser = started;
  usual = await browser.newContext();
  await site.close();
  server = createSiteServer(out);
  address = await listen(server, { port: 0, host: "localhost" });
}

async function close(): Promise<void> {
  await browser?.close();
  server?.close();
  if (folder) await rm(folder, { recursive: true });
}

export const first = "01-first/01-numbers.html";
export const second = "01-first/02-uses.html";

/** What a tab asked for and wrote to the console. */
type Heard = { readonly requests: string[]; readonly console: string[] };
export const heard = new WeakMap<Page, Heard>();

/** Milliseconds for whatever a test waits for; only a failure takes as long. */
const patience = 60_000;

type Visit = (path: string, options?: BrowserContextOptions) => Promise<Page>;

/** Tests side by side: `visit` opens a page in a tab that closes with the test. */
export const test = base.extend<{ readonly visit: Visit }>({
  visit: async ({}, use) => {
    const tabs: Page[] = [];
    await use(async (path, options) => {
      const context = options ? await browser.newContext(options) : usual;
      const page = await context.newPage();
      tabs.push(page);
      listenTo(page);
      page.setDefaultTimeout(patience);
      await page.goto(`${address}${path}`);
      return page;
    });
    for (const page of tabs) {
      await (page.context() === usual ? page : page.context()).close();
      const { requests = [], console = [] } = heard.get(page) ?? {};
      expect(requests.filter((url) => !url.startsWith(address)
        && !/^(data|blob):/.test(url)), "requests to another host").toEqual([]);
      expect(console.filter((line) => line.startsWith("uncaught"))).toEqual([]);
    }
  },
});

function listenTo(page: Page): void {
  const log: Heard = { requests: [], console: [] };
  heard.set(page, log);
  page.on("request", (request) => { log.requests.push(request.url()); });
  page.on("console", (message: ConsoleMessage) => {
    log.console.push(`${message.type()}: ${message.text()}`);
  });
  page.on("pageerror", (error) => { log.console.push(`uncaught: ${error.message}`); });
}

/**
 * Waits until a page has asked for nothing for half a second. Playwright's own
 * "networkidle" counts requests in flight and can miss the end of one.
 */
export async function quiet(page: Page): Promise<void> {
  const asked = (): number => heard.get(page)?.requests.length ?? 0;
  for (let before = -1; before !== asked();) {
    before = asked();
    await new Promise((resolve) => { setTimeout(resolve, 500); });
  }
}

export const answer = (page: Page): Locator => page.locator(".answer");
export const cell = (page: Page, id: number): Locator => page.locator(`#cell-${id}`);
export const mod = process.platform === "darwin" ? "Meta" : "Control";

/** Waits until the text of an element is, or matches, what is expected. */
export async function shows(element: Locator, text: string | RegExp): Promise<void> {
  const end = Date.now() + patience;
  for (;;) {
    const now = await element.innerText();
    if (typeof text === "string" ? now === text : text.test(now)) return;
    if (Date.now() > end) expect(now).toEqual(text);
    await new Promise((resolve) => { setTimeout(resolve, 50); });
  }
}

/** Opens a cell in the editor and replaces its text; it runs by itself. */
export async function rewrite(page: Page, id: number, text: string): Promise<void> {
  const editor = cell(page, id).locator(".cm-content");
  if (await editor.count() === 0) {
    await cell(page, id).hover();
    await cell(page, id).getByRole("button", { name: /^Edit/ }).click();
  }
  await editor.press(`${mod}+a`);
  await page.keyboard.insertText(text);
}

export const model = (factor: string): string => `export const factor = ${factor};
export const scaled = (x: number): number => x * factor;`;
