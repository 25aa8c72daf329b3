import { posix } from "node:path";
import { resolveImport, type Studied } from "./book.ts";
import type { CellFacts, Mention } from "./cell.ts";
import { drawKit, fileKit, testKit, viewKit } from "./kit.ts";
import { nearest } from "./nearest.ts";
import type { Cell, CellKind, Page, Problem } from "./page.ts";

/** Kit names that each kind of cell may use. */
const allowed: Readonly<Record<CellKind, readonly ReadonlySet<string>[]>> = {
  model: [drawKit],
  test: [drawKit, testKit, fileKit],
  view: [drawKit, viewKit, fileKit],
  static: [],
};

type Definition = { readonly cell: Cell; readonly mention: Mention };

/**
 * The rules of cells, over the whole book: every problem with its place, the
 * other cell, and the fix.
 *
 * @param book in reading order
 */
export function checkRules(book: readonly Studied[]): Problem[] {
  const order = new Map(book.map(({ page }, n) => [page.path, n]));
  const exporters = new Map<string, string>();
  const exported = new Map<string, ReadonlySet<string>>();
  for (const { page, facts } of book) {
    const names = facts.flatMap((f, id) => isModel(page, id) ? f.exports : []);
    exported.set(page.path, new Set(names));
    for (const name of names)
      if (!exporters.has(name)) exporters.set(name, page.path);
  }
  return book.flatMap(({ page, facts }) => [
    ...page.problems,
    ...pageRules(page, facts, exporters),
    ...importRules(page, facts, order, exported),
  ]);
}

const isModel = (page: Page, id: number): boolean => page.cells[id]?.kind === "model";

/** Rules inside one page: names, order, kinds. */
function pageRules(
  page: Page, facts: readonly CellFacts[], exporters: ReadonlyMap<string, string>,
): Problem[] {
  const problems: Problem[] = [];
  const owner = new Map<string, Definition>();
  const cellPlace = (d: Definition): string =>
    `${page.path}:${d.cell.first + d.mention.line + 1}`;
  const report = (cell: Cell, at: { line: number; column: number },
    message: string, fix: string): void => {
    problems.push({ file: page.path, line: cell.first + at.line + 1,
      column: at.column + 1, message, fix });
  };
  const live = page.cells.filter((c) => c.kind !== "static");
  for (const cell of live) {
    const f = facts[cell.id];
    if (!f) continue;
    for (const flaw of f.flaws) report(cell, flaw, flaw.message, flaw.fix);
    for (const i of f.imports)
      if (cell.kind !== "model")
        report(cell, i, `a ${cell.kind} cell imports \`${i.local}\``,
          "Import in a model cell; every later cell sees the name.");
    const defined = [...f.outputs,
      ...f.imports.map((i) => ({ name: i.local, line: i.line, column: i.column }))];
    for (const mention of defined) {
      const first = owner.get(mention.name);
      if (first)
        report(cell, mention, `\`${mention.name}\` is defined twice`,
          `The other definition is ${cellPlace(first)}. Rename one of them.`);
      else owner.set(mention.name, { cell, mention });
    }
    if (cell.kind === "model" && f.expression)
      report(cell, { line: 0, column: 0 }, "a model cell that only shows a value",
        "Make it a `ts view` cell.");
  }
  for (const cell of live) {
    const f = facts[cell.id];
    if (!f) continue;
    for (const use of f.kit)
      if (!allowed[cell.kind].some((kit) => kit.has(use.name)))
        report(cell, use, `a ${cell.kind} cell uses \`${use.name}\``,
          `Move it into a ${testKit.has(use.name) ? "test" : "view"} cell.`);
    for (const use of f.inputs) {
      const definition = owner.get(use.name);
      if (!definition) {
        const other = exporters.get(use.name);
        report(cell, use, `\`${use.name}\` is not defined`, other
          ? `Import it: import { ${use.name} } from "${relativeTo(page.path, other)}".`
          : `No page exports it. Nearest: ${nearest(use.name, [...owner.keys(),
            ...exporters.keys()])}.`);
      } else if (definition.cell.id > cell.id)
        report(cell, use, `\`${use.name}\` is used before its cell`,
          `It is defined at ${cellPlace(definition)}. Move that cell up.`);
      else if (cell.kind === "model" && definition.cell.kind !== "model")
        report(cell, use, `a model cell reads \`${use.name}\` of a `
          + `${definition.cell.kind} cell`,
        `It is defined at ${cellPlace(definition)}. Make that a model cell.`);
    }
  }
  return problems;
}

/** Rules between pages: what is imported exists, and comes from an earlier page. */
function importRules(
  page: Page, facts: readonly CellFacts[], order: ReadonlyMap<string, number>,
  exported: ReadonlyMap<string, ReadonlySet<string>>,
): Problem[] {
  const problems: Problem[] = [];
  page.cells.forEach((cell, id) => {
    for (const i of facts[id]?.imports ?? []) {
      const report = (message: string, fix: string): void => {
        problems.push({ file: page.path, line: cell.first + i.line + 1,
          column: i.column + 1, message, fix });
      };
      if (!i.from.endsWith(".md")) {
        if (i.from.startsWith("."))
          report(`"${i.from}" is not a page`, "Pages import pages and packages only.");
        continue;
      }
      const target = resolveImport(i.from, page.path);
      const names = exported.get(target);
      if (!names) {
        report(`there is no page ${target}`,
          `Nearest: ${nearest(target, [...order.keys()])}.`);
        continue;
      }
      if ((order.get(target) ?? 0) >= (order.get(page.path) ?? 0))
        report(`${page.path} imports the later page ${target}`,
          "Imports point backwards: move what both need to an earlier page.");
      if (!names.has(i.name))
        report(`${target} does not export \`${i.name}\``,
          `Nearest: ${nearest(i.name, [...names])}.`);
    }
  });
  return problems;
}

function relativeTo(from: string, to: string): string {
  const path = posix.relative(posix.dirname(from), to);
  return path.startsWith(".") ? path : `./${path}`;
}
