import { transformSync } from "@swc/wasm-typescript";
import { StripError } from "./strip-error.ts";

/**
 * Blanks the types of a cell or a page: every other character keeps its place.
 *
 * Throws: `StripError` when something is not erasable or does not parse.
 */
export function strip(code: string): string {
  try {
    return transformSync(code, { mode: "strip-only" }).code;
  } catch (error) {
    if (typeof error !== "object" || error === null || !("startLine" in error))
      throw error;
    const { message, startLine, startColumn } = error as {
      message: string; startLine: number; startColumn: number;
    };
    throw new StripError(message, startLine - 1, startColumn);
  }
}
