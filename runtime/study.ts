import { analyse, type CellFacts } from "./cell.ts";
import type { Page } from "./page.ts";
import { strip } from "./strip.ts";

/** A page with the facts of its cells, by cell id. */
export type Studied = { readonly page: Page; readonly facts: readonly CellFacts[] };

/** Analyses every cell, as if none had been seen before; see facts.ts. */
export const study = (page: Page): Studied =>
  ({ page, facts: page.cells.map((cell) => analyse(cell.code, strip)) });
