import type { Studied } from "../runtime/book.ts";
import type { CellResult, Tests, Trouble, Verdict } from "../runtime/protocol.ts";
import { runBook } from "../runtime/run.ts";
import { outputHtml } from "./outputs.ts";

/** What stands below a cell before any script runs, and what it means. */
export type Prerendered = {
  /** Inner HTML of the cell's output. */
  readonly out: string;
  readonly verdicts: readonly Verdict[];
  readonly trouble?: Trouble;
};

/**
 * The outputs of every live cell of some pages, by page path and cell id.
 *
 * @param book every page that may be needed
 * @param paths the pages to run
 * @param options.tests which test cells run
 * @param options.onStart told of each cell that is about to run
 * @param options.onCell told of each finished cell, for a progress line
 */
export async function prerender(
  book: readonly Studied[], paths: readonly string[],
  options: { readonly base?: string; readonly tests?: Tests;
    readonly onStart?: (page: string, cell: number) => void;
    readonly onCell?: (result: CellResult) => void } = {},
): Promise<Map<string, Map<number, Prerendered>>> {
  const results = await runBook(book, paths, options);
  return new Map([...results].map(([path, cells]) => [path,
    new Map([...cells].map(([id, result]) => [id, prerendered(result)]))]));
}

const prerendered = (result: CellResult): Prerendered => ({
  out: outputHtml(result), verdicts: result.verdicts,
  ...(result.trouble && { trouble: result.trouble }),
});
