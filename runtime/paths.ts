import { readdir } from "node:fs/promises";
import { join, posix, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

/** The project's root folder, absolute. */
export const root = fileURLToPath(new URL("..", import.meta.url)).replace(/[\\/]$/, "");

/** Path from the root with forward slashes, the way pages are named everywhere. */
export const pagePath = (file: string, base = root): string =>
  relative(base, file).split(sep).join("/");

/** Whether a path from the root is a page's: under `chapters`, not a fixture. */
export const isPagePath = (path: string): boolean =>
  path.startsWith("chapters/") && path.endsWith(".md") && !path.includes("/fixtures/");

/** Every page of the book in reading order; `index.md` closes its chapter. */
export async function pagePaths(base = root): Promise<string[]> {
  const found = await readdir(join(base, "chapters"), { recursive: true });
  return found
    .map((name) => `chapters/${name.split(sep).join("/")}`)
    .filter(isPagePath)
    .sort();
}

/**
 * Where an import of a page leads: a page path for `./x.md`, else the package
 * name as it is.
 */
export const resolveImport = (from: string, importer: string): string =>
  from.startsWith(".") ? posix.join(posix.dirname(importer), from) : from;
