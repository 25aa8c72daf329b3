/** Where things lie in the site; used by the builder and in the browser. */

/**
 * The place of a page, without a leading slash: `chapters/01-entry/01-words.md` is
 * `01-entry/01-words.html`.
 */
export const urlOf = (page: string): string =>
  page.replace(/^chapters\//, "").replace(/\.md$/, ".html");

/** From a page of the site to the site's root: `""`, `"../"`, … */
export const rootOf = (url: string): string =>
  "../".repeat(url.split("/").length - 1);
