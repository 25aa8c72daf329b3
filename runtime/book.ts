import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { studyPage } from "./facts.ts";
import { parsePage, type Page } from "./page.ts";
import { pagePaths, root } from "./paths.ts";
import type { Studied } from "./study.ts";

export * from "./paths.ts";
export type { Studied };

export async function readPage(path: string, base = root): Promise<Page> {
  return parsePage(await readFile(join(base, path), "utf8"), path);
}

/** Every page of the book, in reading order. */
export const readPages = async (base = root): Promise<Page[]> =>
  Promise.all((await pagePaths(base)).map((path) => readPage(path, base)));

/** Reads and analyses the whole book. */
export const readBook = async (base = root): Promise<Studied[]> =>
  Promise.all((await readPages(base)).map((page) => studyPage(page, base)));
