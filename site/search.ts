import { rm } from "node:fs/promises";
import { join } from "node:path";
import * as pagefind from "pagefind";

/**
 * The search index of a finished site, in its folder `pagefind/`.
 *
 * Throws: an `Error` with what Pagefind reports.
 */
export async function writeSearch(out: string): Promise<void> {
  const { index, errors } = await pagefind.createIndex();
  if (!index) throw new Error(`Pagefind: ${errors.join("; ")}`);
  try {
    const added = await index.addDirectory({ path: out });
    const folder = join(out, "pagefind");
    await rm(folder, { recursive: true, force: true });
    const written = await index.writeFiles({ outputPath: folder });
    const failed = [...added.errors, ...written.errors];
    if (failed.length > 0) throw new Error(`Pagefind: ${failed.join("; ")}`);
  } finally {
    await pagefind.close();
  }
}
