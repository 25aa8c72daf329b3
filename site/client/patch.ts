/**
 * Makes the inside of `element` look like `html` and touches only what differs:
 * what the reader holds (focus, selection, scroll, an open fold) stays.
 *
 * @param held the input under the reader's hand; its value is left alone
 */
export function patch(element: Element, html: string, held?: Element): void {
  const template = document.createElement("template");
  template.innerHTML = html;
  patchChildren(element, template.content, held);
}

function patchChildren(
  now: Element, wanted: Element | DocumentFragment, held: Element | undefined,
): void {
  const next = [...wanted.childNodes];
  next.forEach((node, n) => {
    const old = now.childNodes[n];
    if (!old) now.append(node);
    else if (!same(old, node, held)) old.replaceWith(node);
  });
  while (now.childNodes.length > next.length) now.lastChild?.remove();
}

/** Turns `old` into `node` in place, or says that it has to be replaced. */
function same(old: Node, node: Node, held: Element | undefined): boolean {
  if (!(old instanceof Element && node instanceof Element))
    return old.isEqualNode(node);
  if (old.localName !== node.localName || old.id !== node.id
    || old.getAttribute("type") !== node.getAttribute("type")) return false;
  for (const { name } of [...old.attributes])
    if (!node.hasAttribute(name) && !isReaders(old, name)) old.removeAttribute(name);
  for (const { name, value } of node.attributes)
    if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  if (old !== held) setInput(old, node);
  if (!old.isEqualNode(node)) patchChildren(old, node, held);
  return true;
}

/** Whether a fold is open is the reader's business. */
const isReaders = (element: Element, name: string): boolean =>
  element instanceof HTMLDetailsElement && name === "open";

/** Attributes give only the first value of an input. */
function setInput(old: Element, node: Element): void {
  if (old instanceof HTMLInputElement && node instanceof HTMLInputElement) {
    if (old.checked !== node.checked) old.checked = node.checked;
    if (old.type !== "file" && old.value !== node.value) old.value = node.value;
  } else if (old instanceof HTMLOptionElement && node instanceof HTMLOptionElement
    && old.selected !== node.selected)
    old.selected = node.selected;
}
