import { build, type BuildResult } from "esbuild";
import { cp, mkdir, readFile, readdir, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Studied } from "../runtime/book.ts";
import { dataflowModule } from "../runtime/run.ts";

/** Writes a file unless it has this text already; tells whether it wrote. */
export async function put(file: string, text: string | Uint8Array): Promise<boolean> {
  const bytes = Buffer.from(text);
  const old = await readFile(file).catch(() => undefined);
  if (old?.equals(bytes)) return false;
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, bytes);
  return true;
}

/** Files of a folder, relative to it, with forward slashes. */
export async function filesIn(folder: string): Promise<string[]> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true })
    .catch(() => []);
  return found.filter((f) => f.isFile()).map((f) =>
    join(f.parentPath, f.name).slice(folder.length + 1).split("\\").join("/"));
}

/** What was written, as paths from the site's folder. */
export type Written = readonly string[];

/**
 * The client: a small script for every page and what it fetches when needed, the
 * Worker, the style sheet. Changes of the style alone need no bundling.
 */
export async function writeClient(out: string): Promise<Written> {
  const source = fileURLToPath(new URL("client", import.meta.url));
  const entryPoints = [join(source, "page.ts"), join(source, "worker.ts"),
    join(source, "style.css")];
  return writeBundle(out, await build({
    entryPoints, outdir: join(out, "client"), bundle: true, format: "esm",
    splitting: true, minify: true, target: "es2023", legalComments: "none",
    chunkNames: "part-[name]-[hash]", write: false, logLevel: "silent",
    absWorkingDir: source,
  }));
}

/** Packages that pages import, each as one module that a cell can import. */
export async function writePackages(
  book: readonly Studied[], base: string, out: string,
): Promise<Written> {
  const names = packagesOf(book);
  if (names.length === 0) return [];
  return writeBundle(out, await build({
    entryPoints: Object.fromEntries(
      names.map((name) => [name, name])),
    outdir: join(out, "cells", "packages"), bundle: true, format: "esm",
    splitting: true, minify: true, target: "es2023", legalComments: "none",
    chunkNames: "part-[hash]", write: false, logLevel: "silent", absWorkingDir: base,
  }));
}

export const packagesOf = (book: readonly Studied[]): string[] =>
  [...new Set(book.flatMap(({ facts }) => facts.flatMap((f) => f.imports))
    .map((i) => i.from).filter((from) => !/^[./]/.test(from)))].sort();

async function writeBundle(out: string, result: BuildResult): Promise<Written> {
  const files = result.outputFiles ?? [];
  await Promise.all(files.map((file) => put(file.path, file.contents)));
  return files.map((file) => file.path.slice(out.length + 1).split("\\").join("/"));
}

/** The modules that the Worker runs, one for each page. */
export async function writeCells(
  pages: readonly Studied[], out: string,
): Promise<Written> {
  return Promise.all(pages.map(async (studied) => {
    const name = `cells/${studied.page.path}.js`;
    await put(join(out, name), dataflowModule(studied));
    return name;
  }));
}

/** Copies the files beside the pages; those with an equal size and age are skipped. */
export async function writeFixtures(base: string, out: string): Promise<Written> {
  const names = (await filesIn(join(base, "chapters")))
    .filter((name) => /(^|\/)fixtures\//.test(name))
    .map((name) => `chapters/${name}`);
  await Promise.all(names.map(async (name) => {
    const [from, to] = [join(base, name), join(out, "cells", name)];
    const [a, b] = await Promise.all([stat(from), stat(to).catch(() => undefined)]);
    if (b && a.size === b.size && a.mtimeMs <= b.mtimeMs) return;
    await mkdir(dirname(to), { recursive: true });
    await cp(from, to);
  }));
  return names.map((name) => `cells/${name}`);
}
