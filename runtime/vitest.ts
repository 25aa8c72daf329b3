import MagicString from "magic-string";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Plugin } from "vitest/config";
import { pagePath, resolveImport, root, type Studied } from "./book.ts";
import type { Import } from "./cell.ts";
import { studyPage } from "./facts.ts";
import { parsePage, place, type Cell, type Page } from "./page.ts";
import { tangle } from "./tangle.ts";

/**
 * What the model of a page is called. It is a file of its own to Vitest, which forgets
 * every module of a file before it runs that file as a test (`isolate: false`): with a
 * query instead of a name, pages loaded before and after would hold two copies of one
 * class, and an exception of the one would be none of the other.
 */
const cells = ".cells";

/**
 * Pages as test files: `x.md` is the page's test cells, `x.md.cells` its model.
 *
 * @param options.slow run the cells flagged `slow`, too, instead of leaving them out
 * @param options.base folder that holds `chapters`
 */
export function literate(
  options: { readonly slow: boolean; readonly base?: string },
): Plugin {
  const { slow, base = root } = options;
  return {
    name: "literate",
    enforce: "pre",
    configureVitest({ vitest, project }) {
      for (const config of [vitest.config, project.config])
        config.coverage.exclude = config.coverage.exclude.filter(
          (glob) => !glob.includes(".md"));
    },
    resolveId(source, importer) {
      // A page that is run as a test file comes with an absolute path.
      if (!/^\.\.?\/.*\.md$/.test(source) || importer === undefined) return null;
      const from = pagePath(importer.replace(cells, ""), base);
      return `${join(base, resolveImport(source, from))}${cells}`;
    },
    async load(id) {
      if (!id.endsWith(".md") && !id.endsWith(`.md${cells}`)) return null;
      const file = id.replace(cells, "");
      this.addWatchFile(file);
      const page = parsePage(await readFile(file, "utf8"), pagePath(file, base));
      const studied = await studyPage(page, base);
      return id.endsWith(cells)
        ? { code: modelCode(studied), map: mapOf(page, base) }
        : { code: testCode(studied, slow, base), map: null };
    },
  };
}

/** The model with every name visible, so that tests may look at private ones. */
export function modelCode(studied: Studied): string {
  const { page, facts } = studied;
  const imports = facts.flatMap((f, id) =>
    page.cells[id]?.kind === "model" ? f.imports : []);
  return tangle(page, new Set(["model"]), {
    first: `import { html, svg } from "#runtime/values.ts";${importsOf(imports)}`,
    code: (cell) => javascript(studied, cell, "body"),
    close: () => ";",
    last: `\n;export { ${modelNames(studied).join(", ")} };`,
  });
}

const modelNames = ({ page, facts }: Studied): string[] =>
  facts.flatMap((f, id) => page.cells[id]?.kind === "model"
    ? [...f.outputs.map((o) => o.name), ...f.imports.map((i) => i.local)] : []);

/**
 * Vitest turns each use of an imported name into a call of a getter, which makes inner
 * loops three times as slow. What comes from pages is therefore copied into constants:
 * pages do not import in circles, and what they export never changes.
 */
function importsOf(imports: readonly Import[]): string {
  const sources = [...new Set(imports.map((i) => i.from))];
  return sources.map((from, n) => {
    const own = imports.filter((i) => i.from === from);
    const names = (word: string): string =>
      own.map((i) => `${i.name}${word}${i.local}`).join(", ");
    const source = JSON.stringify(from);
    return from.endsWith(".md")
      ? `import * as __page${n} from ${source};const {${names(": ")}} = __page${n};`
      : `import {${names(" as ")}} from ${source};`;
  }).join("");
}

function testCode(studied: Studied, slow: boolean, base: string): string {
  const { page } = studied;
  const names = modelNames(studied);
  const header = [
    "/* v8 ignore start -- coverage is of the model */",
    'import { test, expect, describe } from "vitest";',
    'import * as fc from "fast-check";',
    'import { html, svg } from "#runtime/values.ts";',
    'import { filesBeside } from "#runtime/disk.ts";',
    `import * as __page from "./${page.path.split("/").at(-1)}";`,
    `const {${names.join(", ")}} = __page;`,
    `const { fixture, fixtureJson } = filesBeside(${
      JSON.stringify(page.path)}, ${JSON.stringify(base)});`,
  ].join(" ");
  const wanted = page.cells.filter((c) =>
    c.kind === "test" && (slow || !c.flags.has("slow")));
  const empty = wanted.length > 0
    ? "" : ` test("the page loads", () => expect([${names.join(", ")}]).toBeDefined());`;
  return tangle({ ...page, cells: wanted }, new Set(["test"]),
    { first: header + empty, code: (cell) => javascript(studied, cell, "js") });
}

/** Throws: a `SyntaxError` with the place in the page. */
function javascript({ page, facts }: Studied, cell: Cell, form: "js" | "body"): string {
  const of = facts[cell.id];
  const [flaw] = of?.flaws ?? [];
  if (flaw && of?.js === "")
    throw new SyntaxError(`${place({ file: page.path, line: cell.first + flaw.line + 1,
      column: flaw.column + 1 })}  ${flaw.message}`);
  return of?.[form] ?? "";
}

const mapOf = (page: Page, base: string): string => new MagicString(page.source)
  .generateMap({ source: join(base, page.path), includeContent: true, hires: "boundary" })
  .toString();
