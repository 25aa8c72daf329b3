import type { Setting } from "../../runtime/protocol.ts";
import { clearNotes } from "./cells.ts";
import { idOf, noteCell } from "./here.ts";
import { set } from "./run.ts";

/** The inputs of view cells, as site/outputs.ts draws them. */

/** The reader moved something inside this `.input`. */
export function moved(box: HTMLElement): void {
  const control = box.querySelector("input, select");
  if (control instanceof HTMLInputElement && control.type === "file")
    return void take(box, control.files?.[0]);
  const value = settingOf(box, control);
  if (value === undefined || !control) return;
  clearNotes([idOf(box)]);
  set({ cell: idOf(box), index: Number(box.dataset["index"]), value }, control);
}

/** Files were dropped on this drop zone. */
export function dropped(zone: HTMLElement, files: FileList): void {
  const box = zone.closest<HTMLElement>(".input");
  if (box) void take(box, files[0]);
}

async function take(box: HTMLElement, file: File | undefined): Promise<void> {
  if (!file) return;
  const cell = idOf(box);
  clearNotes([cell]);
  try {
    const value = { name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) };
    set({ cell, index: Number(box.dataset["index"]), value });
  } catch (error) {
    noteCell(cell, `${file.name} cannot be read: ${error}`);
  }
}

function settingOf(box: HTMLElement, control: Element | null): Setting | undefined {
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
