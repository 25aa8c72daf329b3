import { posix } from "node:path";

/** The relative link between two places of the site; `""` when they are the same. */
export const between = (from: string, to: string): string =>
  from === to ? "" : posix.relative(posix.dirname(from), to);

/** A link that a page's prose makes to another page, or undefined. */
export function pageLink(
  href: string, from: string,
): { readonly page: string; readonly fragment: string } | undefined {
  const m = /^([^:#?]+\.md)(#.*)?$/.exec(href);
  if (!m?.[1] || href.startsWith("/")) return undefined;
  return { page: posix.join(posix.dirname(from), m[1]), fragment: m[2] ?? "" };
}
