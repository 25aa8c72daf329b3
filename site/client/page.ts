/**
 * All the script that a page needs before its reader does something: it waits,
 * and fetches the rest (session, search, hovers) at the first use.
 */
const session = () => import("./session.ts");
const hover = () => import("./hover.ts");
const search = () => import("./search.ts");

/** The element with this selector that an event happened in. */
const within = (event: Event, selector: string): HTMLElement | undefined =>
  event.target instanceof Element
    ? event.target.closest<HTMLElement>(selector) ?? undefined : undefined;

const on = <K extends keyof DocumentEventMap>(
  types: readonly K[], listen: (event: DocumentEventMap[K]) => void,
): void => {
  for (const type of types) document.addEventListener(type, listen);
};

// Inputs of view cells.
on(["input", "change"], (event) => {
  const input = within(event, ".out .input");
  if (input) void session().then((s) => s.moved(input));
});
on(["dragover", "drop"], (event) => {
  const drop = within(event, ".drop");
  if (!drop) return;
  event.preventDefault();
  const files = event.type === "drop" ? event.dataTransfer?.files : undefined;
  if (files?.[0]) void session().then((s) => s.dropped(drop, files));
});
on(["dragenter", "dragleave", "drop"], (event) => {
  for (const drop of document.querySelectorAll(".drop"))
    drop.classList.toggle("over", event.type === "dragenter"
      && event.target instanceof Node && drop.contains(event.target));
});

// An address that says how inputs were set.
const isSet = (): boolean => location.hash.startsWith("#set=");
if (isSet()) void session().then((s) => s.wake());
addEventListener("hashchange", () => { if (isSet()) location.reload(); });

// Cells in an editor.
const edit = (cell: HTMLElement) => void session().then((s) => s.edit(cell));
for (const tools of document.querySelectorAll<HTMLElement>(
  ".cell:not(.cell-static) .cell-tools")) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "edit";
  button.textContent = "Edit";
  button.setAttribute("aria-label",
    `Edit cell ${tools.closest<HTMLElement>(".cell")?.dataset["cell"]}`);
  tools.append(button);
}
on(["click"], (event) => {
  const cell = within(event, ".cell");
  if (cell && within(event, ".cell-tools .edit")) edit(cell);
  if (within(event, "#search-open")) void search().then((s) => s.open());
});
on(["keydown"], (event) => {
  const { key, target } = event;
  if (event.ctrlKey || event.metaKey || event.altKey
    || !(target instanceof HTMLElement)) return;
  const cell = target.matches("pre.code") ? within(event, ".cell:not(.cell-static)")
    : undefined;
  if (cell && (key === "Enter" || key === "e")) {
    event.preventDefault();
    edit(cell);
  } else if (key === "/" && !target.isContentEditable
    && !target.matches("input:not([type=range],[type=radio],[type=checkbox])")) {
    event.preventDefault();
    void search().then((s) => s.open());
  }
});
// Edits of earlier pages reach this one; also when the reader comes back to it.
const edits = (): string => JSON.stringify(Object.entries(sessionStorage)
  .filter(([key]) => key.startsWith("edits ")));
let known = edits();
if (known !== "[]") void session().then((s) => s.restore());
addEventListener("pagehide", () => { known = edits(); });
addEventListener("pageshow", ({ persisted }) => {
  if (persisted && known !== edits()) location.reload();
});

// Types of names: hover.ts listens for itself once it is there.
const wake = (event: Event): void => {
  if (!within(event, "pre.code")) return;
  for (const type of wakers) document.removeEventListener(type, wake);
  void hover().then((h) => h.show(event));
};
const wakers = ["pointerover", "focusin"] as const;
on(wakers, wake);
