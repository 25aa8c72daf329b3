import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { filesFrom, type Files } from "./files.ts";

/** The raw bytes of a file, named relative to a page of the folder `base`. */
export const readBeside = (base: string, page: string, name: string): Promise<Uint8Array> =>
  readFile(join(base, dirname(page), name));

/** The files beside a page, on disk. */
export const filesBeside = (page: string, base: string): Files =>
  filesFrom((name) => readBeside(base, page, name));
