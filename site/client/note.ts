import { html, type Markup } from "../../runtime/values.ts";
import { urlOf } from "../addresses.ts";
import { editKey, isStopped, type KeptEdit } from "./edits.ts";
import { nameOf } from "./here.ts";

/** What an edit does to a later page. */
export type Effect = { readonly page: string; readonly cell: number } & (
  | { readonly what: "fails"; readonly claim: string }
  | { readonly what: "stops"; readonly message: string });

export type Note = {
  readonly page: string;
  readonly root: string;
  readonly edits: readonly KeptEdit[];
  readonly effects: readonly Effect[];
  /** How many later pages have run with the edits. */
  readonly checked: number;
  /** Something else that the reader has to know. */
  readonly said: string;
};

/** Claims of one page that are named. */
const shownClaims = 6;

/** What stands in the bar at the foot of a page that runs with edits. */
export function noteHtml(note: Note): string {
  const { edits, said } = note;
  const many = edits.length > 1;
  const list = edits.map((edit, n) => html`${n > 0 && ", "}${editLink(edit, note)}`);
  const all = html` <button type="button" class="reset-all">Reset all</button>`;
  return html`<div role="status">${said !== "" && html`<p class="said">${said}</p>`}${
    edits.length > 0 && html`<p>This page runs with your edit${many && "s"} of ${list}${
      many && all}</p>${effectsHtml(note)}`}</div>`.markup;
}

function editLink(edit: KeptEdit, { page, root }: Note): Markup {
  const own = edit.page === page;
  const label = own ? `line ${edit.line}` : `${nameOf(edit.page)}, line ${edit.line}`;
  const key = editKey(edit.page, edit.cell);
  const href = `${own ? "" : root + urlOf(edit.page)}#cell-${edit.cell}`;
  return html`<a href="${href}">${label}</a>${isStopped(edit) && " (stopped)"
  } <button type="button" data-reset="${key}" aria-label="Reset ${label}"
>Reset</button>`;
}

/** One clause for each later page: the claims that fail there, or why it stops. */
function effectsHtml({ effects, checked, root }: Note): Markup | "" {
  if (checked === 0) return "";
  if (effects.length === 0)
    return html`<p class="effects ok">The claims of the ${checked === 1
      ? "page that imports" : `${checked} pages that import`} this one still hold.</p>`;
  const pages = [...new Set(effects.map((effect) => effect.page))];
  return html`<p class="effects bad">Also changes: ${pages.map((page, n) =>
    html`${n > 0 && "; "}${clause(page, effects.filter((e) => e.page === page), root)}`)
  }.</p>`;
}

function clause(page: string, effects: readonly Effect[], root: string): Markup {
  const link = (anchor: string, text: string): Markup =>
    html`<a href="${root}${urlOf(page)}#${anchor}">${text}</a>`;
  const claims = effects.flatMap((e) => e.what === "fails" ? [link(
    /^[A-Z]{1,2}\d+$/.test(e.claim) ? e.claim : `cell-${e.cell}`, e.claim)] : []);
  const stop = effects.find((e) => e.what === "stops");
  const name = nameOf(page);
  const named = claims.slice(0, shownClaims)
    .map((claim, n) => html`${n > 0 && ", "}${claim}`);
  const more = claims.length - named.length;
  const fails = claims.length > 0 && html`${named}${more > 0 && ` and ${more} more`
  } in ${name} fail${claims.length === 1 && "s"}`;
  const stops = stop?.what === "stops" && html`${fails ? ", a cell" : name} ${
    link(`cell-${stop.cell}`, "stops")} with ${stop.message}`;
  return html`${fails}${stops}`;
}
