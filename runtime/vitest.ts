import MagicString from "magic-string";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "vitest/config";
import { pagePath, resolveImport, root, study } from "./book.ts";
import { parsePage, type Page } from "./page.ts";
import { strip } from "./strip.ts";
import { tangleModule, tangleTests } from "./tangle.ts";

const cells = "?cells";

/**
 * Pages as test files: `x.md` is the page's test cells, `x.md?cells` its model.
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
    load(id) {
      if (!id.endsWith(".md") && !id.endsWith(`.md${cells}`)) return null;
      const file = id.replace(cells, "");
      const page = parsePage(readFileSync(file, "utf8"), pagePath(file, base));
      this.addWatchFile(file);
      return id.endsWith(cells)
        ? { code: modelCode(page), map: mapOf(page, base) }
        : { code: strip(testCode(page, slow, base)), map: null };
    },
  };
}

/** The model with every name visible, so that tests may look at private ones. */
function modelCode(page: Page): string {
  const { facts } = study(page);
  const hidden = facts.flatMap((f, id) => page.cells[id]?.kind === "model"
    ? [...f.outputs.map((o) => o.name), ...f.imports.map((i) => i.local)]
      .filter((name) => !f.exports.includes(name))
    : []);
  const kit = 'import { html, svg } from "#runtime/values.ts";';
  return strip(tangleModule(page, kit, `\n;export { ${hidden.join(", ")} };`));
}

function testCode(page: Page, slow: boolean, base: string): string {
  const { facts } = study(page);
  const names = facts.flatMap((f, id) => page.cells[id]?.kind === "model"
    ? [...f.outputs.map((o) => o.name), ...f.imports.map((i) => i.local)] : []);
  const header = [
    "/* v8 ignore start -- coverage is of the model */",
    'import { test, expect, describe } from "vitest";',
    'import * as fc from "fast-check";',
    'import { html, svg } from "#runtime/values.ts";',
    'import { filesBeside } from "#runtime/disk.ts";',
    `import { ${names.join(", ")} } from "./${page.path.split("/").at(-1)}";`,
    `const { fixture, fixtureJson } = filesBeside(${
      JSON.stringify(page.path)}, ${JSON.stringify(base)});`,
  ].join(" ");
  const empty = page.cells.some((c) => c.kind === "test" && (slow || !c.flags.has("slow")))
    ? "" : ` test("the page loads", () => expect([${names.join(", ")}]).toBeDefined());`;
  return tangleTests(page, header + empty, slow);
}

const mapOf = (page: Page, base: string): string => new MagicString(page.source)
  .generateMap({ source: join(base, page.path), includeContent: true, hires: "boundary" })
  .toString();
