import type { Outcome } from "./agreement.ts";
import { readBook, root } from "./book.ts";
import type { CellResult } from "./protocol.ts";
import { runBook } from "./run.ts";

/** What agreement.ts asks: the pages to run, with their claims or without. */
export type Order = { readonly paths: readonly string[]; readonly claims: boolean };

/**
 * What came of them: verdicts and trouble by page, in no order; the cells flagged
 * `slow`, which did not run, as lines of the page; how many cells did.
 */
export type Answer =
  | { readonly outcomes: ReadonlyMap<string, readonly Outcome[]>;
    readonly slow: ReadonlyMap<string, readonly Lines[]>; readonly cells: number }
  | { readonly failed: string };

/** Both counted from 1. */
export type Lines = { readonly first: number; readonly last: number };

const outcomesOf = (cells: Iterable<CellResult>): Outcome[] => [...cells].flatMap((c) => [
  ...c.verdicts.map((v): Outcome => `${v.ok ? "✓" : "✗"} ${v.name}`),
  ...(c.trouble ? [`✗ cell ${c.cell}: ${c.trouble.message}` as const] : []),
]);

async function answer({ paths, claims }: Order): Promise<Answer> {
  try {
    const book = await readBook();
    let cells = 0;
    const results = await runBook(book, paths, { base: root,
      tests: claims ? "quick" : "none", onStart: () => { cells++; } });
    return {
      outcomes: new Map([...results].map(([path, cells]) =>
        [path, outcomesOf(cells.values())])),
      slow: new Map(book.map(({ page }) => [page.path, page.cells
        .filter((c) => c.flags.has("slow"))
        .map((c) => ({ first: c.first + 1, last: c.last + 1 }))])),
      cells,
    };
  } catch (error) {
    return { failed: error instanceof Error ? error.stack ?? error.message
      : String(error) };
  }
}

process.once("message", async (order: Order) => {
  const said = await answer(order);
  process.send?.(said, () => process.disconnect());
});
