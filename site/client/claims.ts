import type { Verdict } from "../../runtime/protocol.ts";
import { editKey, editsFor } from "./edits.ts";
import { claimOf, here } from "./here.ts";
import { noteHtml, type Effect } from "./note.ts";
import { patch } from "./patch.ts";
import { reset } from "./cells.ts";
import { isIdle, send, type Result } from "./run.ts";
import { state } from "./state.ts";

/** What edits do to claims: those quoted on this page, and those of later pages. */

/** Results of later pages, by page and cell. */
export const effects = new Map<string, Result>();

const pause = 500;
let timer: ReturnType<typeof setTimeout> | undefined;

/** Runs the pages that import this one, when the reader has stopped typing. */
export function runClaims(): void {
  clearTimeout(timer);
  if (here.importers.length === 0) return;
  timer = setTimeout(() => {
    if (isIdle()) send({ type: "claims", pages: here.importers });
    else runClaims();
  }, pause);
}

/** Claims that the prose quotes, as they are now. */
export function drawClaims(verdicts: readonly Verdict[]): void {
  const holds = new Map<string, boolean>();
  for (const { name, ok } of verdicts) {
    const id = claimOf(name);
    if (id !== undefined) holds.set(id, ok && holds.get(id) !== false);
  }
  if (holds.size === 0) return;
  for (const link of document.querySelectorAll<HTMLElement>("a.claim")) {
    const ok = holds.get(link.querySelector("strong")?.textContent ?? "");
    if (ok === undefined) continue;
    link.classList.remove("claim-ok", "claim-failed", "claim-unrun");
    link.classList.add(ok ? "claim-ok" : "claim-failed");
    const word = link.querySelector(".sr");
    if (word) word.textContent = ok ? " (holds)" : " (does not hold)";
  }
}

const failing = (verdicts: readonly Verdict[]): string[] =>
  [...new Set(verdicts.filter((v) => !v.ok).map((v) => claimOf(v.name) ?? v.name))];

const effectsNow = (): Effect[] => [...effects.values()].flatMap((r): Effect[] => {
  const at = { page: r.page, cell: r.cell };
  if (r.trouble) return r.trouble.waitsFor === undefined
    ? [{ ...at, what: "stops", message: r.trouble.message }] : [];
  return failing(r.verdicts).map((claim) => ({ ...at, what: "fails", claim }));
});

let last = "";

/** Draws the bar at the foot of the page. @param said something else to say there */
export function drawEffects(said = last): void {
  last = said;
  const edits = editsFor(here.page, state().edits);
  const bar = document.getElementById("session");
  if (edits.length === 0 && said === "") return bar?.remove();
  const checked = new Set([...effects.values()].map((r) => r.page)).size;
  patch(bar ?? makeBar(), noteHtml({ page: here.page, root: here.root, edits, said,
    effects: effectsNow(), checked }));
}

function makeBar(): HTMLElement {
  const bar = document.createElement("aside");
  bar.id = "session";
  bar.setAttribute("aria-label", "Your edits");
  bar.addEventListener("click", ({ target }) => {
    const button = target instanceof Element ? target.closest("button") : null;
    const key = button?.dataset["reset"];
    const all = editsFor(here.page, state().edits).map((e) => editKey(e.page, e.cell));
    if (key !== undefined) void reset([key]);
    else if (button?.classList.contains("reset-all")) void reset(all);
  });
  document.body.append(bar);
  return bar;
}
