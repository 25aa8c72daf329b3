import { html, type Markup } from "../runtime/values.ts";
import type { Catalogue, Entry } from "./catalogue.ts";
import { between } from "./links.ts";
import type { Prerendered } from "./prerender.ts";

/** What the live cells came to when the site was built, by page path and cell id. */
export type Outcomes = ReadonlyMap<string, ReadonlyMap<number, Prerendered>>;

/** A numbered sentence of the book and whether it holds. */
export type Claim = {
  readonly id: string;
  readonly text: string;
  readonly page: string;
  readonly cell: number;
  /** How many tests carry the id. */
  readonly cases: number;
  /** `unrun` when none of its tests ran: its cell is slow, or an earlier one failed. */
  readonly state: "ok" | "failed" | "unrun";
};

/** The form of a claim's id, as in `**W1**`. */
export const claimId = /^[A-Z]{1,2}\d+$/;

/** Every claim of the book by its id, in the order of the catalogue. */
export function claimsOf(book: Catalogue, outcomes: Outcomes): Map<string, Claim> {
  const claims = new Map<string, Claim>();
  for (const entry of book.reading)
    for (const claim of claimsOfPage(entry, outcomes))
      if (!claims.has(claim.id)) claims.set(claim.id, claim);
  return claims;
}

function claimsOfPage({ path, page }: Entry, outcomes: Outcomes): Claim[] {
  return page.cells.filter((cell) => cell.kind === "test").flatMap((cell) => {
    const outcome = outcomes.get(path)?.get(cell.id);
    return sentences(cell.code).map(({ id, text }) => {
      const runs = (outcome?.verdicts ?? [])
        .filter((v) => v.name.startsWith(`${id} · `));
      const failed = outcome?.trouble !== undefined || runs.some((v) => !v.ok);
      return { id, text, page: path, cell: cell.id, cases: runs.length,
        state: failed ? "failed" : runs.length === 0 ? "unrun" : "ok" } as const;
    });
  });
}

/**
 * The claims written in a test cell. What a table of cases fills in (`%s`,
 * `$name`, `${…}`) becomes an ellipsis.
 */
export function sentences(
  code: string,
): { readonly id: string; readonly text: string }[] {
  const found = [...code.matchAll(/(["'`])([A-Z]{1,2}\d+) · (.*?)(?<!\\)\1/g)];
  return found.map((m) => ({ id: m[2] ?? "", text: (m[3] ?? "")
    .replace(/\$\{[^}]*\}|%[sdifjo#]|\$[a-z][\w.]*/g, "…").replace(/\\(.)/g, "$1") }));
}

const words: Readonly<Record<Claim["state"], string>> =
  { ok: "holds", failed: "does not hold", unrun: "not run" };

/** `**W1**` in prose: a link to the claim's test, with its verdict. */
export function claimLink(claim: Claim, from: Entry, to: Entry): Markup {
  const href = `${between(from.url, to.url)}#${claimAnchor(claim)}`;
  return html`<a class="claim claim-${claim.state}" href="${href}" title="${claim.text}"
    ><strong>${claim.id}</strong><span class="sr"> (${words[claim.state]})</span></a>`;
}

/** A claim that ran has an element with its id: its first verdict. */
const claimAnchor = (claim: Claim): string =>
  claim.cases > 0 ? claim.id : `cell-${claim.cell}`;

/** The list of all claims, page by page. */
export function claimsBody(
  book: Catalogue, claims: ReadonlyMap<string, Claim>,
): Markup {
  const all = [...claims.values()];
  const pages = book.reading.filter((e) => all.some((c) => c.page === e.path));
  return html`<h1>What this book claims</h1>
<p>Every claim has a number and a test that could fail. The number leads to the test on
its page, where it can be changed and run again. ${summary(all)}</p>
${pages.map((entry) => html`<section class="claims">
<h2><a href="${entry.url}">${entry.title}</a></h2>
<ul class="claim-list">${all.filter((c) => c.page === entry.path).map((c) => html`
<li class="claim-${c.state}"><a class="claim-id" href="${entry.url}#${claimAnchor(c)}"
>${c.id}</a> <span>${c.text}${
    c.cases > 1 && html` <small>${c.cases} cases</small>`}</span>
<span class="verdict">${words[c.state]}</span></li>`)}
</ul></section>`)}`;
}

/** `12 claims: all hold.` */
export function summary(claims: readonly Claim[]): string {
  const count = (state: Claim["state"]): number =>
    claims.filter((c) => c.state === state).length;
  const all = `${claims.length} claim${claims.length === 1 ? "" : "s"}`;
  const parts = [`${count("ok")} hold`,
    count("failed") > 0 && `${count("failed")} do not`,
    count("unrun") > 0 && `${count("unrun")} were not run for this site`];
  return claims.length > 0 && count("ok") === claims.length ? `${all}: all hold.`
    : `${all}: ${parts.filter((p) => p !== false).join(", ")}.`;
}
