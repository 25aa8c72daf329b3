/** The search dialog; the index is Pagefind's, built with the site. */

type Found = {
  readonly url: string;
  readonly excerpt: string;
  readonly meta: Readonly<Record<string, string>>;
  readonly sub_results: readonly {
    readonly title: string; readonly url: string; readonly excerpt: string;
  }[];
};
type Pagefind = {
  readonly init: () => Promise<void>;
  readonly debouncedSearch: (text: string, options: object, ms: number) => Promise<
    { readonly results: readonly { readonly data: () => Promise<Found> }[] } | null>;
};

const pause = 80;
const shownPages = 8;
const shownSections = 3;
let dialog: HTMLDialogElement | undefined;
let index: Promise<Pagefind> | undefined;

/** Opens the dialog, with the last query selected. */
export function open(): void {
  dialog ??= build();
  if (!dialog.open) dialog.showModal();
  dialog.querySelector("input")?.select();
  index ??= load();
}

async function load(): Promise<Pagefind> {
  const url = new URL("../pagefind/pagefind.js", import.meta.url).href;
  const pagefind: Pagefind = await import(url);
  await pagefind.init();
  return pagefind;
}

function build(): HTMLDialogElement {
  const made = document.createElement("dialog");
  made.id = "search";
  made.setAttribute("aria-label", "Search the book");
  made.innerHTML = `<form method="dialog" role="search">
<input type="search" aria-label="Search the book" placeholder="Search the book"
autocomplete="off" spellcheck="false" role="combobox" aria-expanded="false"
aria-controls="found" aria-autocomplete="list"><button value="close"
aria-label="Close">Esc</button></form>
<p class="status" role="status"></p><ul id="found" role="listbox"
aria-label="Places found"></ul>`;
  document.body.append(made);
  const input = made.querySelector("input");
  const list = made.querySelector("ul");
  const status = made.querySelector("p");
  if (!input || !list || !status) throw new Error("the search dialog is incomplete");
  input.addEventListener("input", () => void find(input, list, status));
  made.addEventListener("click", (event) => {
    if (event.target === made || (event.target instanceof Element
      && event.target.closest("a"))) made.close();
  });
  list.addEventListener("pointermove", ({ target }) => {
    const item = target instanceof Element ? target.closest("li") : null;
    if (item) select(input, list, item);
  });
  made.addEventListener("keydown", (event) => {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    // Escape in a search field would only empty it.
    if (event.key === "Escape") {
      event.preventDefault();
      // Else the next "/" may still be typed into the field that is gone.
      input.blur();
      made.close();
    } else if (step !== 0) {
      event.preventDefault();
      move(input, list, step);
    } else if (event.key === "Enter" && event.target === input) {
      event.preventDefault();
      (list.querySelector<HTMLAnchorElement>("[aria-selected=true] a")
        ?? list.querySelector("a"))?.click();
    }
  });
  return made;
}

async function find(
  input: HTMLInputElement, list: HTMLElement, status: HTMLElement,
): Promise<void> {
  const text = input.value.trim();
  const show = (items: readonly string[], message: string): void => {
    list.innerHTML = items.join("");
    status.textContent = message;
    input.setAttribute("aria-expanded", String(items.length > 0));
    input.removeAttribute("aria-activedescendant");
  };
  if (text === "") return show([], "");
  try {
    const found = await (await index)?.debouncedSearch(text, {}, pause);
    // A later search has taken over.
    if (!found || input.value.trim() !== text) return;
    const pages = await Promise.all(
      found.results.slice(0, shownPages).map((result) => result.data()));
    if (input.value.trim() !== text) return;
    const items = pages.flatMap(itemsOf).map((item, n) =>
      `<li role="option" id="found-${n}" aria-selected="false">${item}</li>`);
    const count = found.results.length;
    show(items, count === 0 ? `Nothing in the book says “${text}”.`
      : `${count} page${count === 1 ? "" : "s"}`);
  } catch (error) {
    index = undefined;
    console.error(error);
    show([], "The search index does not load. It is made by npm run build.");
  }
}

/** A page and the best of its sections. Pagefind escapes the excerpts itself. */
function itemsOf(found: Found): string[] {
  const title = found.meta["title"] ?? found.url;
  const sections = found.sub_results.slice(0, shownSections);
  const list = sections.length > 0 ? sections
    : [{ title, url: found.url, excerpt: found.excerpt }];
  return list.map((s) => `<a href="${attribute(s.url)}" tabindex="-1"><b>${
    escape(title)}</b>${s.title === title ? "" : ` <span class="section">${
    escape(s.title)}</span>`}<span class="excerpt">${s.excerpt}</span></a>`);
}

const escape = (text: string): string =>
  text.replace(/&/g, "&amp;").replace(/</g, "&lt;");
const attribute = (text: string): string => escape(text).replace(/"/g, "&quot;");

function move(input: HTMLInputElement, list: HTMLElement, step: number): void {
  const items = [...list.children];
  const now = items.findIndex((i) => i.getAttribute("aria-selected") === "true");
  const next = items[Math.max(0, Math.min(items.length - 1, now + step))];
  if (!next) return;
  select(input, list, next);
  next.scrollIntoView({ block: "nearest" });
}

function select(input: HTMLInputElement, list: HTMLElement, chosen: Element): void {
  for (const item of list.children)
    item.setAttribute("aria-selected", String(item === chosen));
  input.setAttribute("aria-activedescendant", chosen.id);
}
