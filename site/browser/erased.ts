import { tokenizer } from "acorn";
import { expect } from "vitest";
import { readBook } from "../../runtime/book.ts";
import { strip } from "../../runtime/strip.ts";
import { erase } from "../client/recompile.ts";

/** Every token with its place. */
export const tokens = (code: string): string[] => [...tokenizer(code, {
  ecmaVersion: 2024, sourceType: "module", locations: true,
})].map(({ start, end, loc }) =>
  `${loc?.start.line}:${loc?.start.column} ${code.slice(start, end)}`);

/**
 * Expects of every `step`th cell of the book that erasing its types in the browser
 * gives the program that the builder runs. Gives the number of those cells.
 */
export async function erasedCells(step: number): Promise<number> {
  const cells = (await readBook()).flatMap(({ page }) => page.cells.map((cell) =>
    ({ place: `${page.path}:${cell.first + 1}`, cell })))
    .filter(({ cell }, n) => cell.kind !== "static" && n % step === 0);
  for (const { place, cell } of cells) {
    const [erased, stripped] = [erase(cell.code), strip(cell.code)];
    if (erased !== stripped) expect(tokens(erased), place).toEqual(tokens(stripped));
  }
  return cells.length;
}
