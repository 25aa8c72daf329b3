import type { Outcome } from "./agreement.ts";
import { readBook, root } from "./book.ts";
import type { CellResult } from "./protocol.ts";
import { runBook } from "./run.ts";

/** What agreement.ts asks: the pages to run. */
export type Order = { readonly paths: readonly string[] };

/** What came of them: verdicts and trouble by page, in no order; how many cells ran. */
export type Answer =
  | { readonly outcomes: ReadonlyMap<string, readonly Outcome[]>; readonly cells: number }
  | { readonly failed: string };

const outcomesOf = (cells: Iterable<CellResult>): Outcome[] => [...cells].flatMap((c) => [
  ...c.verdicts.map((v): Outcome => `${v.ok ? "✓" : "✗"} ${v.name}`),
  ...(c.trouble ? [`✗ cell ${c.cell}: ${c.trouble.message}` as const] : []),
]);

async function answer({ paths }: Order): Promise<Answer> {
  try {
    const results = await runBook(await readBook(), paths, { base: root });
    return {
      outcomes: new Map([...results].map(([path, cells]) =>
        [path, outcomesOf(cells.values())])),
      cells: [...results.values()].reduce((n, cells) => n + cells.size, 0),
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
