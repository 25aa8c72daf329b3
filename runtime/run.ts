import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { createHash } from "node:crypto";
import { resolveImport, root, type Studied } from "./book.ts";
import { createDataflow } from "./dataflow.ts";
import { readBeside } from "./disk.ts";
import { testKit } from "./expect.ts";
import type { CellResult, CompiledPage, Tests } from "./protocol.ts";
import { tangleDataflow } from "./tangle.ts";

/** The page as the module that the dataflow runs, here and in the browser. */
export const dataflowModule = ({ page, facts }: Studied): string =>
  tangleDataflow(page, facts, (from) => resolveImport(from, page.path));

/**
 * Runs pages as a dataflow in Node: what every cell shows, by page and cell.
 *
 * @param book every page that may be needed
 * @param paths the pages to run, in any order
 * @param options.tests which test cells run
 * @param options.onStart told of each cell that is about to run
 * @param options.onCell told of each finished cell, for a progress line
 */
export async function runBook(
  book: readonly Studied[], paths: readonly string[],
  options: { readonly base?: string; readonly tests?: Tests;
    readonly onStart?: (page: string, cell: number) => void;
    readonly onCell?: (result: CellResult) => void } = {},
): Promise<Map<string, Map<number, CellResult>>> {
  const { base = root, tests = "quick", onStart, onCell } = options;
  const results = new Map<string, Map<number, CellResult>>(
    paths.map((path) => [path, new Map()]));
  const sources = new Map(book.map((studied) => [studied.page.path, studied]));
  const dataflow = createDataflow({
    loadPage: (path) => loadPage(sources.get(path), path, base),
    loadPackage: (name) => import(name) as Promise<Readonly<Record<string, unknown>>>,
    readFile: (page, name) => readBeside(base, page, name),
    testKit: async () => testKit(),
    tests,
    onStart: (page, cell) => onStart?.(page, cell),
    onResult: (result) => {
      results.get(result.page)?.set(result.cell, result);
      onCell?.(result);
    },
  });
  // In reading order: cells of a page that an importer has brought would run again.
  const order = book.map(({ page }) => page.path);
  for (const path of paths.toSorted((a, b) => order.indexOf(a) - order.indexOf(b)))
    await dataflow.open(path);
  await dataflow.settled();
  return results;
}

/** Stack frames name the file, so the code goes through one, named like the page. */
async function loadPage(
  studied: Studied | undefined, path: string, base: string,
): Promise<CompiledPage> {
  if (!studied) throw new Error(`there is no page ${path}`);
  const code = dataflowModule(studied);
  const file = join(base, "build", "dataflow", `${path}.js`);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, code);
  const version = createHash("sha256").update(code).digest("hex").slice(0, 16);
  const module = await import(`${pathToFileURL(file).href}?v=${version}`) as {
    default: CompiledPage;
  };
  return module.default;
}
