/**
 * A page that has come to life: fetched at the first use of an input or an editor,
 * or when the page has to show an edit made elsewhere.
 */
export { dropped, moved } from "./inputs.ts";
export { edit, restore } from "./cells.ts";
export { wake } from "./run.ts";
