import type { CellFacts } from "./cell.ts";
import type { Cell, CellKind, Page } from "./page.ts";

/** Text for the two fence lines of a cell and for the page's first and last line. */
export type Wrapping = {
  readonly first?: string;
  readonly last?: string;
  readonly open?: (cell: Cell) => string;
  readonly code?: (cell: Cell) => string;
  readonly close?: (cell: Cell) => string;
};

/**
 * The page as code: chosen cells in place, everything else blank.
 *
 * Line n, column c of the result is line n, column c of the page, so a position
 * printed by tsc, vitest or a stack trace is already a position in the page.
 */
export function tangle(
  page: Page, kinds: ReadonlySet<CellKind>, wrap: Wrapping = {},
): string {
  const out = page.lines.map(() => "");
  const put = (line: number, text: string): void => { out[line] = text; };
  for (const cell of page.cells) {
    if (!kinds.has(cell.kind)) continue;
    const code = wrap.code?.(cell).split("\n");
    for (let n = cell.first; n <= cell.last; n++)
      put(n, code ? code[n - cell.first] ?? "" : page.lines[n] ?? "");
    put(cell.open, wrap.open?.(cell) ?? "");
    put(cell.close, wrap.close?.(cell) ?? "");
  }
  put(0, `${wrap.first ?? ""}${out[0] ?? ""}`);
  put(out.length - 1, `${out.at(-1) ?? ""}${wrap.last ?? ""}`);
  return out.join("\n");
}

const model: ReadonlySet<CellKind> = new Set(["model"]);
const live: ReadonlySet<CellKind> = new Set(["model", "test", "view"]);

/** The module that other pages and tools import: TypeScript, types still in it. */
export const tangleModule = (page: Page, first = "", last = ""): string =>
  tangle(page, model, { first, last });

/** What tsc and the language server read: every live cell. */
export const tangleCheck = (page: Page): string => tangle(page, live);

/**
 * What the dataflow runs: a module whose default export is a `CompiledPage`
 * (dataflow.ts), one function per live cell.
 *
 * @param facts of each cell, by its id
 */
export function tangleDataflow(
  page: Page, facts: readonly CellFacts[], resolve: (from: string) => string,
): string {
  const of = (cell: Cell): CellFacts => facts[cell.id] as CellFacts;
  return tangle(page, live, {
    first: `export default {path:${JSON.stringify(page.path)},cells:[`,
    last: "]};",
    open: (cell) => `{${cellRecord(cell, of(cell), resolve)},fn:${functionOpen(of(cell))}`,
    code: (cell) => of(cell).body,
    close: (cell) => `${functionClose(of(cell))}},`,
  });
}

/** The data of a compiled cell, as source text without the braces. */
function cellRecord(
  cell: Cell, facts: CellFacts, resolve: (from: string) => string,
): string {
  const record = {
    id: cell.id, kind: cell.kind, slow: cell.flags.has("slow"), line: cell.first + 1,
    inputs: facts.inputs.map((i) => i.name), outputs: facts.outputs.map((o) => o.name),
    imports: facts.imports.map((i) =>
      ({ name: i.name, local: i.local, from: resolve(i.from) })),
  };
  return JSON.stringify(record).slice(1, -1);
}

/** Start of the cell's function; the code follows on the next line. */
export function functionOpen(facts: CellFacts): string {
  const kit = `{${facts.kit.map((k) => k.name).join(",")}}`;
  const names = [kit, ...facts.inputs.map((i) => i.name)].join(",");
  return `async(${names})=>{${facts.expression ? "return {value:(" : ""}`;
}

/** End of the cell's function: it returns what the cell shows and defines. */
export const functionClose = (facts: CellFacts): string =>
  facts.expression ? ")}}" : `return {names:{${facts.outputs.map((o) => o.name).join(",")}}}}`;
