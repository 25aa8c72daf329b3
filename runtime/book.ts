import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { analyse, type CellFacts } from "./cell.ts";
import { parsePage, type Page } from "./page.ts";
import { pagePaths, root } from "./paths.ts";
import { strip } from "./strip.ts";

export * from "./paths.ts";

/** A page with the facts of its cells, by cell id. */
export type Studied = { readonly page: Page; readonly facts: readonly CellFacts[] };

export const study = (page: Page): Studied =>
  ({ page, facts: page.cells.map((cell) => analyse(cell.code, strip)) });

export async function readPage(path: string, base = root): Promise<Page> {
  return parsePage(await readFile(join(base, path), "utf8"), path);
}

/** Every page of the book, in reading order. */
export const readPages = async (base = root): Promise<Page[]> =>
  Promise.all((await pagePaths(base)).map((path) => readPage(path, base)));

/** Reads and analyses the whole book. */
export const readBook = async (base = root): Promise<Studied[]> =>
  (await readPages(base)).map(study);
