import type { CellResult, InputState, Trouble, Verdict } from "../runtime/protocol.ts";
import { escapeText } from "../runtime/values.ts";

/**
 * What stands below a cell, as HTML: values, pictures, inputs, verdicts, trouble.
 * The builder and the Worker both call this, so a page looks the same before and
 * after it comes to life.
 */
export function outputHtml(result: CellResult): string {
  const parts = result.shown.map((s) => "markup" in s
    ? `<div class="shown">${s.markup}</div>` : inputHtml(result.cell, s.index, s.state));
  if (result.verdicts.length > 0) parts.push(verdictsHtml(result.verdicts));
  if (result.trouble) parts.push(troubleHtml(result.trouble));
  return parts.join("");
}

/** The claim a test proves: the first word of its name, `K2` of `K2 · …`. */
export const claimOf = (name: string): string | undefined =>
  /^([A-Z]{1,2}\d+) · /.exec(name)?.[1];

/** How many rows of one claim's table stay in view before they fold. */
const unfoldedRows = 3;

/** Verdicts by claim; a claim with a table of rows shows one line and folds the rest. */
function verdictsHtml(verdicts: readonly Verdict[]): string {
  const groups = new Map<string, Verdict[]>();
  for (const verdict of verdicts) {
    const key = claimOf(verdict.name) ?? verdict.name;
    groups.set(key, [...groups.get(key) ?? [], verdict]);
  }
  const items = [...groups].map(([key, group]) => {
    const ok = group.every((v) => v.ok);
    const id = claimOf(group[0]?.name ?? "") ? ` id="${key}"` : "";
    const many = group.length > unfoldedRows;
    const lines = group.map(verdictHtml);
    const failed = group.filter((v) => !v.ok).map(verdictHtml);
    const body = many
      ? `<span class="mark">${markText(ok)}</span> <details><summary><b>${
        escapeText(key)}</b> · ${escapeText(inCommon(group.map((v) => v.name)))} <small>${
        group.length} cases</small></summary><ul>${
        lines.map((l) => `<li>${l}</li>`).join("")}</ul></details>${
        failed.slice(0, unfoldedRows).join("")}`
      : lines.join("<br>");
    return `<li class="${ok ? "ok" : "bad"}"${id}>${body}</li>`;
  });
  return `<ul class="verdicts">${items.join("")}</ul>`;
}

/** What the names of a table's rows share, without the claim: `hex of … is …`. */
export function inCommon(names: readonly string[]): string {
  const rows = names.map((name) => name.replace(/^[A-Z]{1,2}\d+ · /, "").split(" "));
  const [first = []] = rows;
  const same = (at: (row: readonly string[]) => string | undefined): boolean =>
    rows.every((row) => at(row) === at(first));
  let head = 0;
  while (head < first.length && same((row) => row[head])) head++;
  if (rows.every((row) => row.length === head)) return first.join(" ");
  const shortest = Math.min(...rows.map((row) => row.length));
  let tail = 0;
  while (tail < shortest - head && same((row) => row.at(-1 - tail))) tail++;
  return [...first.slice(0, head), "…", ...tail > 0 ? first.slice(-tail) : []].join(" ");
}

const markText = (ok: boolean): string =>
  `<span aria-hidden="true">${ok ? "✓" : "✗"}</span><span class="sr">${
    ok ? "holds" : "fails"}</span>`;

function verdictHtml(verdict: Verdict): string {
  const name = `<span class="mark ${verdict.ok ? "ok" : "bad"}">${
    markText(verdict.ok)}</span> ${escapeText(verdict.name)}`;
  if (verdict.ok) return name;
  return `${name}<pre class="why">${verdict.place ? `${placeHtml(verdict.place)}  ` : ""}${
    escapeText(verdict.message ?? "")}</pre>`;
}

const placeHtml = (place: string): string =>
  `<span class="place">${escapeText(place)}</span>`;

function troubleHtml(trouble: Trouble): string {
  const { message, place, frames, waitsFor } = trouble;
  if (waitsFor !== undefined)
    return `<div class="trouble waits">waits for <code>${
      escapeText(waitsFor)}</code>: ${escapeText(message)}</div>`;
  const rest = frames.slice(1).map((f) => `\n  ${escapeText(f)}`).join("");
  return `<div class="trouble" role="alert"><pre>${
    place ? `${placeHtml(place)}  ` : ""}${escapeText(message)}${rest}</pre></div>`;
}

/** Choices up to this many are radio buttons, more a menu. */
const buttonChoices = 6;

function inputHtml(cell: number, index: number, state: InputState): string {
  const id = `in-${cell}-${index}`;
  return `<div class="input input-${state.input}" data-index="${index}">${
    controlHtml(id, state)}</div>`;
}

function controlHtml(id: string, state: InputState): string {
  const label = escapeText(state.label);
  const labelled = (control: string): string =>
    `<label for="${id}">${label}</label>${control}`;
  switch (state.input) {
    case "choice": {
      const options = state.options.map(escapeText);
      if (options.length > buttonChoices)
        return labelled(`<select id="${id}">${options.map((text, n) =>
          `<option value="${n}"${n === state.value ? " selected" : ""}>${text}</option>`)
          .join("")}</select>`);
      return `<fieldset id="${id}"><legend>${label}</legend>${options.map((text, n) =>
        `<label><input type="radio" name="${id}" value="${n}"${
          n === state.value ? " checked" : ""}> <span>${text}</span></label>`)
        .join("")}</fieldset>`;
    }
    case "slider":
      return labelled(`<input type="range" id="${id}" min="${state.min}" max="${
        state.max}" step="${state.step}" value="${state.value}"> <output for="${
        id}">${escapeText(state.text)}</output>`);
    case "toggle":
      return `<label><input type="checkbox" id="${id}"${
        state.value ? " checked" : ""}> ${label}</label>`;
    case "text": {
      const bad = state.problem === undefined ? ""
        : ` aria-invalid="true" aria-describedby="${id}-problem"`;
      return labelled(`<input type="text" id="${id}" spellcheck="false" `
        + `autocomplete="off" value="${escapeText(state.value)}"${bad}>`)
        + (state.problem === undefined ? ""
          : `<span class="problem" id="${id}-problem">${escapeText(state.problem)}</span>`);
    }
    case "file":
      return `<label class="drop">${label} <input type="file" id="${id}">${
        state.name === undefined ? "" : ` <b>${escapeText(state.name)}</b>`}</label>`;
  }
}
