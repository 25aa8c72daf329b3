import type { SentInput } from "../../runtime/protocol.ts";
import { isStopped, readEdits, writeEdits, type Edits } from "./edits.ts";
import { root } from "./here.ts";
import { readPlace, writePlace } from "./place.ts";

/** What the reader has changed. */
export type State = {
  readonly edits: Edits;
  /** Inputs of this page, by cell and index. */
  readonly settings: ReadonlyMap<string, SentInput>;
};

let now: State = { edits: readEdits(root), settings: new Map(readPlace(location.hash)
  .map((setting) => [`${setting.cell} ${setting.index}`, setting])) };
/** The last state that ran to its end. At first: the book as it is. */
let good: State = { edits: new Map(), settings: new Map() };

export const state = (): State => now;

export function keepEdits(edits: Edits): void {
  now = { ...now, edits };
  writeEdits(root, edits);
}

export const keepSetting = (key: string, setting: SentInput): void => {
  now = { ...now, settings: new Map(now.settings).set(key, setting) };
  // The address takes a few milliseconds, and the Worker can begin before it.
  queueMicrotask(() => history.replaceState(history.state, "",
    writePlace(now.settings.values()) || location.pathname));
};

/** Everything ran to its end. */
export const markGood = (): void => { good = now; };

/**
 * Back to the last good state. Edits made since then stay, but are stopped.
 *
 * @returns the keys of these edits, and whether anything was taken back at all
 */
export function goBack():
{ readonly stopped: readonly string[]; readonly any: boolean } {
  const stopped = [...now.edits].filter(([key, edit]) =>
    good.edits.get(key) !== edit && !isStopped(edit)).map(([key]) => key);
  const any = stopped.length > 0 || now.settings !== good.settings;
  now = { ...now, settings: good.settings };
  keepEdits(new Map([...now.edits].map(([key, edit]) => [key,
    stopped.includes(key) ? { ...edit, runs: good.edits.get(key)?.runs } : edit])));
  return { stopped, any };
}
