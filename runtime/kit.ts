// Names that the engine hands to cells.

/** Pure drawing: model cells may use it. */
export const drawKit: ReadonlySet<string> = new Set(["html", "svg"]);
/** Only test cells may use it. */
export const testKit: ReadonlySet<string> = new Set(["test", "expect", "describe", "fc"]);
/** Only view cells may use it. */
export const viewKit: ReadonlySet<string> = new Set([
  "display", "view", "choice", "slider", "toggle", "textField", "fileDrop",
  "meanwhile",
]);
/** Test and view cells may use it: files beside the page. */
export const fileKit: ReadonlySet<string> = new Set(["fixture", "fixtureJson"]);
