import type { SentSetting } from "../../runtime/protocol.ts";
import { clearNotes } from "./cells.ts";
import { idOf } from "./here.ts";
import { set } from "./run.ts";

/** The inputs of view cells, as site/outputs.ts draws them. */

/** The reader moved something inside this `.input`. */
export function moved(box: HTMLElement): void {
  const control = box.querySelector("input, select");
  if (control instanceof HTMLInputElement && control.type === "file")
    return take(box, control.files?.[0]);
  const value = settingOf(box, control);
  if (value === undefined || !control) return;
  clearNotes([idOf(box)]);
  set({ cell: idOf(box), index: Number(box.dataset["index"]), value }, control);
}

/** Files were dropped on this drop zone. */
export function dropped(zone: HTMLElement, files: FileList): void {
  const box = zone.closest<HTMLElement>(".input");
  if (box) take(box, files[0]);
}

function take(box: HTMLElement, file: File | undefined): void {
  if (!file) return;
  const cell = idOf(box);
  clearNotes([cell]);
  set({ cell, index: Number(box.dataset["index"]), value: { name: file.name, file } });
}

function settingOf(box: HTMLElement, control: Element | null): SentSetting | undefined {
  if (control instanceof HTMLSelectElement) return control.selectedIndex;
  if (!(control instanceof HTMLInputElement)) return undefined;
  switch (control.type) {
    case "range": return control.valueAsNumber;
    case "checkbox": return control.checked;
    case "radio": return [...box.querySelectorAll<HTMLInputElement>("input")]
      .findIndex((radio) => radio.checked);
    default: return control.value;
  }
}
