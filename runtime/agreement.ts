import type { Reporter, TestModule, TestRunEndReason, Vitest } from "vitest/node";
import { pagePath, readBook, root } from "./book.ts";
import type { CellResult } from "./protocol.ts";
import { runBook } from "./run.ts";

/** A test's name and how it ended: `✓ W1 · …`. */
export type Outcome = `${"✓" | "✗"} ${string}`;

/**
 * Where the two runs of a page part: claims that one run has and the other lacks,
 * and claims with different verdicts.
 *
 * @param module outcomes of the page as modules under Vitest
 * @param dataflow outcomes of the page as a graph of cells
 */
export function disagreements(
  module: readonly Outcome[], dataflow: readonly Outcome[],
): string[] {
  const only = (from: readonly Outcome[], other: readonly Outcome[], where: string) =>
    from.filter((o) => !other.includes(o)).map((o) => `only ${where}: ${o}`);
  return [...only(module, dataflow, "as a module"),
    ...only(dataflow, module, "in the dataflow")];
}

const verdictsOf = (cells: Iterable<CellResult>): Outcome[] => [...cells].flatMap((c) => [
  ...c.verdicts.map((v): Outcome => `${v.ok ? "✓" : "✗"} ${v.name}`),
  ...(c.trouble ? [`✗ cell ${c.cell}: ${c.trouble.message}` as const] : []),
]);

/**
 * Cells run twice by construction: as modules under Vitest and as a dataflow
 * graph. After a whole run this runs the graph, too, and fails when they differ.
 */
export function agreement(): Reporter {
  let vitest: Vitest;
  return {
    onInit: (v) => { vitest = v; },
    onTestRunEnd: async (
      modules: readonly TestModule[], _: unknown, reason: TestRunEndReason,
    ) => {
      // A part of a page's tests says nothing about the whole.
      const pages = modules.filter((m) => m.moduleId.endsWith(".md")
        && [...m.children.allTests()].every((t) => t.result().state !== "skipped"));
      if (reason === "interrupted" || pages.length === 0) return;
      const paths = pages.map((m) => pagePath(m.moduleId));
      const book = await readBook();
      const results = await runBook(book, paths, { base: root });
      let differ = 0;
      pages.forEach((module, n) => {
        const ran = [...module.children.allTests()]
          .filter((t) => t.name !== "the page loads")
          .map((t): Outcome => `${t.result().state === "passed" ? "✓" : "✗"} ${
            t.fullName}`);
        const found = disagreements(ran,
          verdictsOf(results.get(paths[n] ?? "")?.values() ?? []));
        for (const line of found) vitest.logger.error(`${paths[n]}  ${line}`);
        differ += found.length;
      });
      const cells = [...results.values()].reduce((n, m) => n + m.size, 0);
      vitest.logger.log(differ === 0
        ? `Both runs agree: ${paths.length} pages, ${cells} cells as a dataflow.`
        : `The module run and the dataflow differ in ${differ} places.`);
      if (differ > 0) process.exitCode = 1;
    },
  };
}
