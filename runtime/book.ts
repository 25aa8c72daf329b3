import { readFile, readdir } from "node:fs/promises";
import { join, posix, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { analyse, type CellFacts } from "./cell.ts";
import { parsePage, type Page } from "./page.ts";
import { strip } from "./strip.ts";

/** The project's root folder, absolute. */
export const root = fileURLToPath(new URL("..", import.meta.url)).replace(/[\\/]$/, "");

/** A page with the facts of its cells, by cell id. */
export type Studied = { readonly page: Page; readonly facts: readonly CellFacts[] };

export const study = (page: Page): Studied =>
  ({ page, facts: page.cells.map((cell) => analyse(cell.code, strip)) });

/** Path from the root with forward slashes, the way pages are named everywhere. */
export const pagePath = (file: string, base = root): string =>
  relative(base, file).split(sep).join("/");

/** Every page of the book in reading order; `index.md` closes its chapter. */
export async function pagePaths(base = root): Promise<string[]> {
  const found = await readdir(join(base, "chapters"), { recursive: true });
  return found
    .map((name) => `chapters/${name.split(sep).join("/")}`)
    .filter((name) => name.endsWith(".md") && !name.includes("/fixtures/"))
    .sort();
}

export async function readPage(path: string, base = root): Promise<Page> {
  return parsePage(await readFile(join(base, path), "utf8"), path);
}

/** Reads and analyses the whole book. */
export async function readBook(base = root): Promise<Studied[]> {
  const paths = await pagePaths(base);
  return (await Promise.all(paths.map((path) => readPage(path, base)))).map(study);
}

/**
 * Where an import of a page leads: a page path for `./x.md`, else the package
 * name as it is.
 */
export const resolveImport = (from: string, importer: string): string =>
  from.startsWith(".") ? posix.join(posix.dirname(importer), from) : from;
