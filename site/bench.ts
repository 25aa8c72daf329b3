import { execFile, type ExecFileException } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import type { Page } from "playwright-core";
import { pagePaths, root } from "../runtime/book.ts";
import { launch } from "./browser/browser.ts";
import { createSite } from "./build.ts";
import { createSiteServer, listen } from "./serve.ts";

/**
 * `npm run bench`: the budgets of the book, measured on this machine and printed
 * beside what they should be. A ratio over 1 is over budget; nothing fails.
 */

type Row = {
  readonly what: string;
  readonly value: number;
  readonly budget: number;
  readonly unit: "s" | "ms" | "kB" | "MB";
};

const rows: Row[] = [];

function report(what: string, value: number, budget: number, unit: Row["unit"]): void {
  rows.push({ what, value, budget, unit });
  console.log(`${what.padEnd(44)} ${value.toFixed(unit === "s" ? 2 : 1).padStart(8)} ${
    unit.padEnd(2)}  of ${String(budget).padStart(4)} ${unit.padEnd(2)}  ratio ${
    (value / budget).toFixed(2)}`);
}

const seconds = async (work: () => Promise<unknown>): Promise<number> => {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
};

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;

/** Runs one of the package's commands the way a person does. */
const npm = (...args: readonly string[]): Promise<unknown> =>
  promisify(execFile)("npm", ["run", "--silent", ...args],
    { cwd: root, maxBuffer: 1 << 28, env: { ...process.env, CI: "1" } })
    .catch((error: ExecFileException & { stderr?: string }) => {
      console.error(`npm run ${args.join(" ")} ended with ${error.code}`);
    });

async function commands(): Promise<void> {
  const check = [];
  for (let n = 0; n < 3; n++) check.push(await seconds(() => npm("check")));
  report("npm run check", median(check), 0.5, "s");
  report("npm test", await seconds(() => npm("test")), 10, "s");
}

async function building(out: string): Promise<void> {
  await rm(join(root, "build", "cache"), { recursive: true, force: true });
  const site = createSite({ out });
  try {
    report("the whole site, nothing cached", await seconds(site.build), 10, "s");
    const paths = await pagePaths();
    for (const path of [paths[0], paths.at(-3)])
      if (path) report(`one page again: ${path.slice("chapters/".length)}`,
        await seconds(() => site.update([path])), 1, "s");
  } finally {
    await site.close();
  }
}

async function weight(out: string): Promise<void> {
  const zipped = async (name: string): Promise<number> =>
    gzipSync(await readFile(join(out, name))).length / 1000;
  const script = await zipped("client/page.js");
  const style = await zipped("client/style.css");
  report("script before interaction, gz", script, 2, "kB");
  const pages = await Promise.all((await pagePaths()).map(async (path) => {
    const name = path.slice("chapters/".length).replace(/\.md$/, ".html");
    return { name, size: await zipped(name) + script + style };
  }));
  for (const { name, size } of pages.sort((a, b) => b.size - a.size).slice(0, 3))
    report(`bytes before interaction, gz: ${name}`, size, 60, "kB");
}

/** Milliseconds from a deed to the first change of any cell's output. */
const untilOutput = (page: Page, deed: string): Promise<number> => page.evaluate(
  `new Promise((done) => {
    const start = performance.now();
    const watch = new MutationObserver(() => {
      watch.disconnect();
      done(performance.now() - start);
    });
    for (const out of document.querySelectorAll(".out"))
      watch.observe(out, { childList: true, subtree: true, characterData: true });
    ${deed}
  })`);

async function browsing(out: string): Promise<void> {
  const browser = await launch();
  const server = createSiteServer(out);
  try {
    const address = await listen(server, { port: 0, host: "127.0.0.1" });
    const base = address.replace(/\/$/, "");
    const page = await browser.newPage();
    const loads = [];
    for (let n = 0; n < 5; n++) {
      await page.goto(`${base}/01-entry/01-words.html`, { waitUntil: "load" });
      loads.push(await page.evaluate("performance.timing.loadEventEnd"
        + " - performance.timing.navigationStart") as number);
    }
    report("settled: load of 01-words", median(loads), 150, "ms");
    await moving(page, base);
    await editing(page, base);
  } finally {
    await browser.close();
    server.close();
  }
}

async function moving(page: Page, base: string): Promise<void> {
  if (!await pageWith(page, base, ".out input[type=range], .out input[type=radio]"))
    return console.log("no page has an input");
  const move = (n: number): Promise<number> => untilOutput(page, `
    const slider = document.querySelector(".out input[type=range]");
    const buttons = document.querySelectorAll(".out .input:has([type=radio]) input");
    const input = slider ?? buttons[${n} % 2];
    if (slider) slider.value = String(Number(slider.min) + ${n} % 2);
    else input.checked = true;
    input.dispatchEvent(new Event("input", { bubbles: true }));`);
  report("first touch of an input: the Worker starts", await move(1), 600, "ms");
  const moves = [];
  for (let n = 0; n < 11; n++) {
    await page.waitForTimeout(100);
    moves.push(await move(n));
  }
  report("an input moves its dependents, warm", median(moves), 20, "ms");
}

async function editing(page: Page, base: string): Promise<void> {
  await page.goto(`${base}/01-entry/01-words.html`);
  await page.locator(".cell-model .cell-tools .edit:visible").first().click();
  const editor = page.locator(".cm-content").first();
  await editor.waitFor();
  const times = [];
  for (let n = 0; n < 6; n++) {
    await editor.press("End");
    await editor.press("Space");
    const start = performance.now();
    await editor.press("Control+Enter");
    await page.waitForFunction('document.querySelector(".out[aria-busy]") === null');
    times.push(performance.now() - start);
    await page.waitForTimeout(700);
  }
  report("an edit that reruns its page, warm", median(times.slice(1)), 100, "ms");
}

/** Goes to the first page of the book that has such an element. */
async function pageWith(page: Page, base: string, selector: string): Promise<boolean> {
  for (const path of await pagePaths()) {
    await page.goto(`${base}/${path.slice("chapters/".length).replace(/\.md$/, ".html")}`);
    if (await page.locator(selector).count() > 0) return true;
  }
  return false;
}

/** What the chapters measure of their model: `fixtures/bench.ts` beside the pages. */
async function model(): Promise<void> {
  for (const chapter of (await readdir(join(root, "chapters"))).sort()) {
    const file = join(root, "chapters", chapter, "fixtures", "bench.ts");
    if (!existsSync(file)) continue;
    const { default: bench } = await import(pathToFileURL(file).href) as {
      default?: (say: typeof report) => void | Promise<void>;
    };
    // One without a default export has printed its own table by now.
    await bench?.(report);
  }
}

const out = join(root, "build", "bench-site");
await rm(out, { recursive: true, force: true });
await model();
await commands();
await building(out);
await weight(out);
await browsing(out);
const over = rows.filter((r) => r.value > r.budget);
console.log(over.length === 0 ? "Every budget is kept."
  : `Over budget: ${over.map((r) => r.what).join("; ")}.`);
