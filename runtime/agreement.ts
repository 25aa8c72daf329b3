import { fork, type ChildProcess } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type {
  Reporter, TestModule, TestRunEndReason, TestSpecification, Vitest,
} from "vitest/node";
import type { Answer, Lines, Order } from "./agreement-process.ts";
import { pagePath, root } from "./paths.ts";

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

/** Of the tests that are not in the cells `left`. */
const outcomesOf = (module: TestModule, left: readonly Lines[]): Outcome[] =>
  [...module.children.allTests()]
  .filter((t) => t.name !== "the page loads" && !left.some(({ first, last }) =>
    first <= (t.location?.line ?? 0) && (t.location?.line ?? 0) <= last))
  .map((t): Outcome => `${t.result().state === "passed" ? "✓" : "✗"} ${t.fullName}`);

/** The dataflow in a process of its own, under way. */
type Run = { readonly answer: Promise<Answer>; readonly end: () => void };

export function runApart(paths: readonly string[], claims = true): Run {
  const runtime = (name: string): string => join(root, "runtime", name);
  const child: ChildProcess = fork(runtime("agreement-process.ts"), {
    execArgv: ["--import", pathToFileURL(runtime("engine.mjs")).href],
    serialization: "advanced", stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const end = (): void => { child.kill("SIGKILL"); };
  process.once("exit", end);
  const answer = new Promise<Answer>((resolve) => {
    child.once("message", resolve);
    child.once("error", (error) => resolve({ failed: error.message }));
    child.once("exit", (status, signal) => {
      process.off("exit", end);
      resolve({ failed: `its process ended with ${signal ?? `status ${status}`}` });
    });
  });
  child.send({ paths, claims } satisfies Order);
  return { answer, end };
}

/** More pages than this are many: `npm test` leaves their graph to `npm run prove`. */
const few = 12;

/**
 * Cells run twice by construction: as modules under Vitest and as a dataflow
 * graph. Beside Vitest's own workers a process runs the graph, and the whole run fails
 * when they differ.
 *
 * @param options.claims also the test cells, but for slow ones, of which only the
 *   module run is; without, the graph need only run, every model and view cell, and
 *   only when a few pages are tested
 */
export function agreement(options: { readonly claims: boolean }): Reporter {
  const { claims } = options;
  let vitest: Vitest;
  let run: Run | undefined;
  return {
    onInit: (v) => { vitest = v; },
    onTestRunStart: (specifications: readonly TestSpecification[]) => {
      run?.end();
      const paths = specifications.map((s) => s.moduleId)
        .filter((id) => id.endsWith(".md")).map((id) => pagePath(id));
      // A part of a page's tests says nothing about the whole.
      const part = vitest.config.testNamePattern !== undefined;
      const many = !claims && paths.length > few;
      run = paths.length === 0 || part || many ? undefined : runApart(paths, claims);
    },
    onTestRunEnd: async (
      modules: readonly TestModule[], _: unknown, reason: TestRunEndReason,
    ) => {
      const ours = run;
      run = undefined;
      if (!ours) return;
      if (reason === "interrupted") return ours.end();
      const said = await ours.answer;
      if ("failed" in said) {
        vitest.logger.error(`The pages did not run as a dataflow: ${said.failed}`);
        process.exitCode = 1;
        return;
      }
      const pages = modules.filter((m) => m.moduleId.endsWith(".md")
        && [...m.children.allTests()].every((t) => t.result().state !== "skipped"));
      let differ = 0;
      for (const module of pages) {
        const path = pagePath(module.moduleId);
        const graph = said.outcomes.get(path) ?? [];
        const found = claims
          ? disagreements(outcomesOf(module, said.slow.get(path) ?? []), graph) : graph;
        for (const line of found) vitest.logger.error(`${path}  ${line}`);
        differ += found.length;
      }
      const what = `${pages.length} pages, ${said.cells} cells as a dataflow`;
      vitest.logger.log(claims
        ? differ === 0 ? `Both runs agree: ${what}.`
          : `The module run and the dataflow differ in ${differ} places.`
        : differ === 0 ? `The dataflow runs, without its claims: ${what}.`
          : `${differ} cells of the dataflow fail.`);
      if (differ > 0) process.exitCode = 1;
    },
  };
}
