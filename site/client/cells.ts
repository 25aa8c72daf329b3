import { drawEffects, runClaims } from "./claims.ts";
import { editKey, editsFor, isStopped, type KeptEdit } from "./edits.ts";
import type { Editor } from "./editor.ts";
import { cellOf, clearNote, here, idOf, lineOf, noteCell } from "./here.ts";
import { restart, send, wake } from "./run.ts";
import { keepEdits, state } from "./state.ts";

/** The code of cells: opened in editors, changed, and brought back. */

const typingPause = 400;

const editors = new Map<number, Editor>();
/** The code as it was built, with its hovers. */
const built = new Map<number, { readonly html: string; readonly text: string }>();
/** The text that the closed code of a cell is to show. */
const wanted = new Map<number, string>();

const codeOf = (id: number): Element | null | undefined =>
  cellOf(id)?.querySelector("pre.code code");

function keepBuilt(id: number): void {
  const code = codeOf(id);
  if (code && !built.has(id))
    built.set(id, { html: code.innerHTML, text: code.textContent ?? "" });
}

/** The reader's text of a cell, else the book's. */
const textOf = (id: number): string =>
  state().edits.get(editKey(here.page, id))?.code ?? built.get(id)?.text ?? "";

/** Opens a cell in an editor, or goes to the editor that is open. */
export async function edit(cell: HTMLElement): Promise<void> {
  const id = idOf(cell);
  const { createEditor } = await import("./editor.ts");
  const open = editors.get(id);
  if (open) return open.focus();
  const pre = cell.querySelector<HTMLElement>("pre.code");
  if (!pre) return;
  keepBuilt(id);
  for (const fold of cell.querySelectorAll<HTMLDetailsElement>("details.fold"))
    fold.open = true;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const run = (again: boolean): void => {
    clearTimeout(timer);
    if (again || editor.text() !== textOf(id)) change(id, editor.text());
  };
  const editor = createEditor({
    text: textOf(id), firstLine: lineOf(id),
    label: `Code of the cell at line ${lineOf(id)}`,
    onChange: () => {
      clearTimeout(timer);
      timer = setTimeout(() => run(false), typingPause);
    },
    onRun: () => run(true),
    onLeave: () => {
      run(false);
      close(id);
      pre.focus();
    },
  });
  editors.set(id, editor);
  pre.hidden = true;
  pre.after(editor.element);
  cell.classList.add("editing");
  drawTools(id);
  editor.focus();
}

/** Closes the editor of a cell; its code shows in the page again. */
function close(id: number): void {
  const editor = editors.get(id);
  const cell = cellOf(id);
  if (!editor || !cell) return;
  editors.delete(id);
  void showCode(id, editor.text());
  editor.close();
  cell.classList.remove("editing");
  const pre = cell.querySelector<HTMLElement>("pre.code");
  if (pre) pre.hidden = false;
  drawTools(id);
}

async function showCode(id: number, text: string): Promise<void> {
  keepBuilt(id);
  wanted.set(id, text);
  const code = codeOf(id);
  const original = built.get(id);
  if (!code || !original) return;
  if (text === original.text) {
    code.innerHTML = original.html;
    return;
  }
  const { colouredCode } = await import("./editor.ts");
  if (wanted.get(id) === text) code.replaceChildren(colouredCode(text));
}

/** Marks a line of an open cell, counted from 0, as the one with the error. */
export const markError = (id: number, line: number | undefined): void =>
  editors.get(id)?.markError(line);

/** The cell gets this code; its own code means that it is reset. */
function change(id: number, code: string): void {
  const key = editKey(here.page, id);
  clearNotes([id]);
  const own = code === built.get(id)?.text;
  if (own && state().edits.has(key)) return void reset([key]);
  // Running the book's own code again is for slow tests: they run when asked to.
  send({ type: "edit", edit: { page: here.page, cell: id, code } });
  if (own) return;
  const kept: KeptEdit = { page: here.page, cell: id, code, line: lineOf(id),
    reach: here.importers, runs: code };
  keepEdits(new Map(state().edits).set(key, kept));
  drawTools(id);
  drawEffects("");
  runClaims();
}

/** Brings the original code of these edits back. */
export async function reset(keys: readonly string[]): Promise<void> {
  const own = keys.flatMap((key) => state().edits.get(key) ?? [])
    .filter((edit) => edit.page === here.page).map((edit) => edit.cell);
  keepEdits(new Map([...state().edits].filter(([key]) => !keys.includes(key))));
  clearNotes(own);
  for (const cell of own) {
    const open = editors.has(cell);
    close(cell);
    await showCode(cell, built.get(cell)?.text ?? "");
    drawTools(cell);
    if (open) cellOf(cell)?.querySelector<HTMLElement>("pre.code")?.focus();
  }
  restart();
  drawEffects("");
  if (editsFor(here.page, state().edits).length > 0) runClaims();
}

/** Takes up the edits of this browser session that reach the page, at its load. */
export async function restore(): Promise<void> {
  const edits = editsFor(here.page, state().edits);
  if (edits.length === 0) return;
  wake();
  drawEffects();
  for (const edit of edits.filter(({ page }) => page === here.page)) {
    await showCode(edit.cell, edit.code);
    drawTools(edit.cell);
    if (isStopped(edit))
      noteCell(edit.cell, "Your edit of this cell did not come to an end. It is kept "
        + "here, but the page runs without it.");
  }
}

/** Takes away notes: of these cells, and all that are not about a stopped edit. */
export function clearNotes(ids: readonly number[]): void {
  for (const note of document.querySelectorAll(".cell-note")) {
    const id = idOf(note);
    const edit = state().edits.get(editKey(here.page, id));
    if (ids.includes(id) || !edit || !isStopped(edit)) clearNote(id);
  }
}

/** The buttons and the state of a cell. */
export function drawTools(id: number): void {
  const cell = cellOf(id);
  const tools = cell?.querySelector(".cell-tools");
  if (!cell || !tools) return;
  const edit = state().edits.get(editKey(here.page, id));
  cell.classList.toggle("edited", edit !== undefined);
  for (const old of tools.querySelectorAll(":scope > :not(.edit)")) old.remove();
  const open = tools.querySelector<HTMLElement>(".edit");
  if (open) open.hidden = editors.has(id);
  if (edit) {
    const label = document.createElement("span");
    label.className = "cell-state";
    label.textContent = isStopped(edit) ? "edited, stopped" : "edited";
    tools.prepend(label);
    tools.append(button(id, "Reset", () => void reset([editKey(here.page, id)])));
  }
  if (editors.has(id))
    tools.append(button(id, "Done", () => {
      const text = editors.get(id)?.text();
      if (text !== undefined && text !== textOf(id)) change(id, text);
      close(id);
    }));
}

function button(id: number, text: string, act: () => void): HTMLElement {
  const made = document.createElement("button");
  made.type = "button";
  made.className = text.toLowerCase();
  made.textContent = text;
  made.setAttribute("aria-label", `${text} the cell at line ${lineOf(id)}`);
  made.addEventListener("click", act);
  return made;
}
