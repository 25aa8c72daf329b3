import type { FromWorker, SentInput, ToWorker } from "../../runtime/protocol.ts";
import { drawClaims, drawEffects, effects } from "./claims.ts";
import { drawTools, markError } from "./cells.ts";
import { editKey, editsFor } from "./edits.ts";
import { cellOf, here, lineOf, nameOf, noteCell, outOf } from "./here.ts";
import { connect, type Hung, type Link } from "./link.ts";
import { patch } from "./patch.ts";
import { goBack, keepSetting, markGood, state } from "./state.ts";

/** The Worker of this page: orders to it, and what it answers, drawn. */

/** Seconds a cell may run before it counts as endless. */
const short = 2;
const long = 30;

let link: Link | undefined;
let everSettled = false;
/** Settings that wait until the Worker is through with the orders before. */
const waiting = new Set<string>();
/** The input that the reader moved last: only they change its value. */
let touched: Element | undefined;

export type Result = Extract<FromWorker, { readonly type: "result" }>;

function start(): Link {
  const edits = editsFor(here.page, state().edits).flatMap(({ page, cell, runs }) =>
    runs === undefined ? [] : [{ page, cell, code: runs }]);
  everSettled = false;
  effects.clear();
  waiting.clear();
  const started = connect({
    onMessage, onHung,
    // The book's own code may be slow on a small machine; an edit has to be quick.
    patience: (slow) => slow || (!everSettled && edits.length === 0) ? long : short,
  });
  started.send({ type: "open", page: here.page, edits,
    settings: [...state().settings.values()] });
  return started;
}

/** Starts the Worker, unless it runs. */
export function wake(): void { link ??= start(); }

/** A new Worker, for the present state. */
export function restart(): void {
  link?.close();
  link = start();
}

export function send(message: ToWorker): void {
  wake();
  link?.send(message);
}

/** Nothing is running. */
export const isIdle = (): boolean => link?.idle() ?? false;

function onMessage(message: FromWorker): void {
  switch (message.type) {
    case "start":
      if (message.page === here.page)
        outOf(message.cell)?.setAttribute("aria-busy", "true");
      return;
    case "result":
      drawClaims(message.verdicts);
      if (message.page !== here.page)
        effects.set(editKey(message.page, message.cell), message);
      else draw(message);
      return;
    case "settled": return onSettled();
    case "failed":
      link?.close();
      link = undefined;
      noLongerBusy();
      return drawEffects(`The page cannot run: ${message.message}`);
    case "pong": return;
  }
}

function draw({ cell, out, verdicts, trouble }: Result): void {
  const element = outOf(cell);
  if (!element) return;
  patch(element, out, heldInput());
  element.removeAttribute("aria-busy");
  const waits = trouble?.waitsFor !== undefined;
  const classes = cellOf(cell)?.classList;
  classes?.toggle("waits", waits);
  classes?.toggle("failed", (trouble && !waits) || verdicts.some((v) => !v.ok));
  const line = trouble?.place?.startsWith(`${here.page}:`)
    ? Number(trouble.place.split(":")[1]) - lineOf(cell) : undefined;
  markError(cell, line);
}

const heldInput = (): Element | undefined => {
  const { activeElement } = document;
  return activeElement?.closest(".out .input") ? activeElement : touched;
};

function noLongerBusy(): void {
  for (const out of document.querySelectorAll(".out[aria-busy]"))
    out.removeAttribute("aria-busy");
}

function onSettled(): void {
  noLongerBusy();
  everSettled = true;
  if (waiting.size > 0) return flush();
  markGood();
  drawEffects();
}

/** Goes back to the last state that ran to its end, and says what was stopped. */
function onHung(hung: Hung | undefined): void {
  const { stopped, any } = goBack();
  noLongerBusy();
  const own = hung?.page === here.page ? hung.cell : undefined;
  const where = own !== undefined ? `the cell at line ${lineOf(own)}`
    : `a cell of ${hung ? nameOf(hung.page) : "this page"}`;
  const what = `Stopped after ${hung?.seconds ?? short} s: ${where} did not come to an `
    + "end.";
  if (own !== undefined) noteCell(own, what);
  const edited = stopped.flatMap((key) => state().edits.get(key) ?? [])
    .filter((edit) => edit.page === here.page);
  for (const { cell } of edited) {
    noteCell(cell, `${what} Your edit of ${cell === own ? "it" : "this cell"} is kept `
      + "here, but the page runs without it.");
    drawTools(cell);
  }
  touched = undefined;
  link = undefined;
  // What hangs with nothing changed would hang again: then wait for the reader.
  if (any || everSettled) link = start();
  drawEffects(own === undefined && edited.length === 0 ? what : "");
}

/** The reader set an input; `control` is what they have their hand on. */
export function set(setting: SentInput, control?: Element): void {
  touched = control;
  const key = `${setting.cell} ${setting.index}`;
  if (state().settings.get(key)?.value === setting.value) return;
  keepSetting(key, setting);
  if (!link) return wake();
  waiting.add(key);
  if (link.idle()) flush();
}

/** Sends the settings that came in meanwhile; of each input only the last. */
function flush(): void {
  for (const key of waiting) {
    const setting = state().settings.get(key);
    if (setting) link?.send({ type: "set", ...setting });
  }
  waiting.clear();
}
