import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";

/**
 * The compiler's own executable: tsc, and with `--lsp --stdio` the language server.
 *
 * The package's launcher would do, too, at the cost of one more Node start.
 */
export async function typescriptExecutable(): Promise<string> {
  const manifest = createRequire(import.meta.url).resolve("typescript/package.json");
  const launcher = join(dirname(manifest), "lib", "getExePath.js");
  const { default: path } = await import(pathToFileURL(launcher).href) as {
    default: () => string;
  };
  return path();
}
