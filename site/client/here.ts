/** The page that the scripts are in: its data and its cells. */

export type PageData = {
  readonly page: string;
  /** From the page to the site's root: `""`, `"../"`. */
  readonly root: string;
  /** Pages that import this one, directly or not. */
  readonly importers: readonly string[];
  /** The file beside the page with the texts of its hovers, if it has any. */
  readonly types?: string;
};

const json = document.getElementById("page-data")?.textContent ?? "{}";
export const here: PageData = JSON.parse(json);
export const root = new URL(here.root === "" ? "./" : here.root, location.href);

export const cellOf = (id: number): HTMLElement | null =>
  document.getElementById(`cell-${id}`);
export const outOf = (id: number): HTMLElement | null =>
  document.getElementById(`out-${id}`);
/** The cell that an element is in. */
export const idOf = (element: Element): number =>
  Number(element.closest<HTMLElement>(".cell")?.dataset["cell"]);
/** Line of the page where the code of a cell starts. */
export const lineOf = (id: number): number => Number(cellOf(id)?.dataset["line"]);

/** `chapters/01-entry/01-words.md` is `01-words` to a reader. */
export const nameOf = (page: string): string => page.replace(/^.*\/|\.md$/g, "");
/** The claim that a test of this name proves: `W1` of `W1 · …`. */
export const claimOf = (test: string): string | undefined =>
  /^([A-Z]{1,2}\d+) · /.exec(test)?.[1];

/** Puts a message at the end of a cell, in the place of the one before. */
export function noteCell(id: number, text: string): void {
  clearNote(id);
  const note = document.createElement("p");
  note.className = "cell-note";
  note.setAttribute("role", "alert");
  note.textContent = text;
  cellOf(id)?.append(note);
}

export function clearNote(id: number): void {
  for (const note of cellOf(id)?.querySelectorAll(".cell-note") ?? []) note.remove();
}
