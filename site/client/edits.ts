import type { Edit } from "../../runtime/protocol.ts";

/** An edit as the browser's session keeps it. */
export type KeptEdit = Edit & {
  /** Line of the page where the cell's code starts. */
  readonly line: number;
  /** The pages that import the edited one, directly or not. */
  readonly reach: readonly string[];
  /**
   * What runs: `code`, or after it was stopped by the watchdog what ran before,
   * undefined for the book's own code.
   */
  readonly runs: string | undefined;
};

/** All edits of this site, by page and cell. */
export type Edits = ReadonlyMap<string, KeptEdit>;

export const editKey = (page: string, cell: number): string => `${page} ${cell}`;

const storageKey = (root: URL): string => `edits ${root.pathname}`;

export function readEdits(root: URL): Map<string, KeptEdit> {
  const text = sessionStorage.getItem(storageKey(root));
  const list: readonly KeptEdit[] = text === null ? [] : JSON.parse(text);
  return new Map(list.map((edit) => [editKey(edit.page, edit.cell), edit]));
}

export function writeEdits(root: URL, edits: Edits): void {
  if (edits.size === 0) sessionStorage.removeItem(storageKey(root));
  else sessionStorage.setItem(storageKey(root), JSON.stringify([...edits.values()]));
}

/** The edits that change what `page` shows: its own, and those of its imports. */
export const editsFor = (page: string, edits: Edits): KeptEdit[] =>
  [...edits.values()].filter((e) => e.page === page || e.reach.includes(page));

export const isStopped = (edit: KeptEdit): boolean => edit.runs !== edit.code;
