import type { CellFacts } from "../runtime/cell.ts";
import { place, type Cell, type Problem } from "../runtime/page.ts";
import { html, type Markup } from "../runtime/values.ts";
import { emitCode, type Mark } from "./highlight.ts";
import type { Prerendered } from "./prerender.ts";

/** A live cell and what there is to show with it. */
export type CellView = {
  readonly path: string;
  readonly cell: Cell;
  readonly facts: CellFacts | undefined;
  readonly result: Prerendered | undefined;
  readonly problems: readonly Problem[];
  /** Identifiers and ids by line of the cell, counted from 0. */
  readonly marks: ReadonlyMap<number, readonly Mark[]>;
  readonly ids: ReadonlyMap<number, readonly string[]>;
};

/**
 * A cell as a section of its page.
 *
 * What a reader wants first comes first: of a view its picture, of a test its
 * verdicts, of a model its code.
 */
export function cellHtml(view: CellView): string {
  const { cell, marks, ids } = view;
  const code = emitCode(cell.code, "ts", marks, ids);
  if (cell.kind === "static") return plainCode(code, "ts static");
  const n = cell.id;
  const inner = { markup: code };
  const pre = html`<pre class="code" tabindex="0"><code>${inner}</code></pre>`;
  const out = html`<div class="out" id="out-${n}" aria-live="polite">${
    { markup: view.result?.out ?? "" }}</div>`;
  const folded = foldTitle(view);
  const shownCode = folded === undefined ? pre
    : html`<details class="fold"><summary>${folded}</summary>${pre}</details>`;
  const body = cell.kind === "model" ? [shownCode, out] : [out, shownCode];
  return html`<section class="cell cell-${cell.kind}" id="cell-${n}" data-cell="${n
  }" data-kind="${cell.kind}" data-line="${cell.first + 1}">${
  [bar(view), ...view.problems.map(problemHtml), ...body, slowNote(view)]}</section>
`.markup;
}

function bar({ cell, path }: CellView): Markup {
  const line = cell.first + 1;
  return html`<div class="cell-bar" data-pagefind-ignore><span
class="cell-kind">${cell.kind}</span><a class="cell-line"
href="#cell-${cell.id}" title="${path}:${line}"
aria-label="Link to the ${cell.kind} cell at line ${line}">${line}</a><div
class="cell-tools"></div></div>`;
}

/** Why the code starts closed, as its summary; undefined when it starts open. */
function foldTitle({ cell, facts }: CellView): Markup | undefined {
  const imports = facts?.imports ?? [];
  if (cell.kind === "view") return html`code`;
  if (cell.flags.has("hide"))
    return html`code of the ${cell.kind}, ${cell.last - cell.first + 1} lines`;
  const only = imports.length > 0 && facts?.outputs.length === 0
    && !/^(?:export )?(?:type|interface) /m.test(cell.code);
  return only ? html`imports ${imports.map((i, n) =>
    html`${n > 0 && ", "}<code>${i.local}</code>`)}` : undefined;
}

const slowNote = ({ cell, result }: CellView): Markup | "" =>
  cell.flags.has("slow") && cell.kind === "test" && !result?.verdicts.length
    && !result?.trouble
    ? html`<p class="unrun">A slow test: <code>npm run prove</code> runs it.</p>` : "";

/** What is wrong, where, and what to do; only while a page is being written. */
export const problemHtml = (problem: Problem): Markup =>
  html`<div class="trouble" role="alert"><pre><span class="place">${place(problem)
  }</span>  ${problem.message}
  ${problem.fix}</pre></div>`;

/** Code that is shown and never run. */
export const plainCode = (code: string, kind: string): string =>
  html`<pre class="code plain" tabindex="0" data-kind="${kind}"><code>${
    { markup: code }}</code></pre>
`.markup;
