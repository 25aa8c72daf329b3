/**
 * The types of names in code: by pointer, and by keyboard with the arrow keys in
 * a cell that has the focus. Escape hides them.
 */

import { here } from "./here.ts";

let texts: readonly string[] = [];
/** The page is lighter without them, and most readers never ask. */
const fetched = here.types === undefined ? Promise.resolve()
  : fetch(new URL(here.types, location.href))
    .then(async (response) => { texts = await response.json(); })
    .catch(() => console.warn(`${here.types} cannot be read: no types of names`));

const box = document.createElement("div");
box.id = "hover";
box.setAttribute("role", "tooltip");
box.hidden = true;
document.body.append(box);

const delay = 120;
let shownFor: HTMLElement | undefined;
/** What is to be shown as soon as the texts are there. */
let wanted: HTMLElement | undefined;
let timer: ReturnType<typeof setTimeout> | undefined;

/** Takes the event that made the page load this; later ones come by themselves. */
export function show(event: Event): void {
  if (event instanceof PointerEvent) pointer(event);
  else if (event instanceof FocusEvent) focus(event);
  else if (event instanceof KeyboardEvent) key(event);
}

const tokenOf = (target: EventTarget | null): HTMLElement | undefined =>
  target instanceof Element ? target.closest<HTMLElement>(".t[data-h]") ?? undefined
    : undefined;

function pointer(event: PointerEvent): void {
  const inBox = event.target instanceof Node && box.contains(event.target);
  const token = tokenOf(event.target);
  clearTimeout(timer);
  if (inBox || (token && token === shownFor)) return;
  timer = setTimeout(() => (token ? describe(token) : hide()), delay);
}

function focus(event: FocusEvent): void {
  const { target, relatedTarget } = event;
  const code = target instanceof Element
    ? target.closest<HTMLElement>("pre.code") : null;
  if (!code || !(target instanceof HTMLElement)) return hide();
  // Tab goes from cell to cell; the arrow keys go from name to name.
  for (const link of code.querySelectorAll("a")) link.tabIndex = -1;
  const fromOutside = !(relatedTarget instanceof Node && code.contains(relatedTarget));
  const token = tokenOf(target);
  if (!token) hide();
  else if (fromOutside && token.matches(":focus-visible")) code.focus();
  else describe(token);
}

function key(event: KeyboardEvent): void {
  if (event.key === "Escape" && shownFor) {
    const code = shownFor.closest<HTMLElement>("pre.code");
    if (shownFor === document.activeElement) code?.focus();
    hide();
    return;
  }
  const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
  if (step === 0 || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey
    || !(event.target instanceof Element)) return;
  const tokens = [...event.target.closest("pre.code")
    ?.querySelectorAll<HTMLElement>(".t[data-h]") ?? []];
  const now = tokens.findIndex((token) => token === document.activeElement);
  const next = tokens[now < 0 && step < 0 ? tokens.length - 1 : now + step];
  if (!next) return;
  event.preventDefault();
  next.tabIndex = -1;
  next.focus();
}

function describe(token: HTMLElement): void {
  hide();
  wanted = token;
  void fetched.then(() => { if (wanted === token) draw(token); });
}

function draw(token: HTMLElement): void {
  const text = texts[Number(token.dataset["h"])];
  if (text === undefined) return;
  shownFor = token;
  box.replaceChildren(...partsOf(text));
  box.hidden = false;
  token.setAttribute("aria-describedby", box.id);
  place(token.getClientRects()[0] ?? token.getBoundingClientRect());
}

/** The signature, and below it what the docstring says. */
function partsOf(text: string): HTMLElement[] {
  const [signature = "", rest = ""] = text.split("\n\n");
  const pre = document.createElement("pre");
  pre.textContent = signature;
  if (rest === "") return [pre];
  const says = document.createElement("p");
  says.textContent = rest;
  return [pre, says];
}

/** Below the name, or above where there is more room; never outside the window. */
function place(at: DOMRect): void {
  const margin = 8;
  const { offsetWidth: width, offsetHeight: height } = box;
  const left = Math.max(margin, Math.min(at.left, innerWidth - width - margin));
  const below = at.bottom + 4;
  const top = below + height > innerHeight - margin && at.top - height - 4 > margin
    ? at.top - height - 4 : below;
  box.style.left = `${left + scrollX}px`;
  box.style.top = `${top + scrollY}px`;
}

function hide(): void {
  wanted = undefined;
  shownFor?.removeAttribute("aria-describedby");
  shownFor = undefined;
  box.hidden = true;
}

document.addEventListener("pointerover", pointer);
document.addEventListener("focusin", focus);
document.addEventListener("keydown", key);
