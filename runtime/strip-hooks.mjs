/**
 * Node's module hook for the engine's own TypeScript, for tools that start often: it
 * starts in half of the time that tsx needs.
 */
import { fileURLToPath } from "node:url";
import { compiled } from "./hooks.mjs";

const folders = ["./", "../site/"].map((name) => new URL(name, import.meta.url).href);

/** @type {import("node:module").LoadHook} */
export async function load(url, context, next) {
  if (!url.endsWith(".ts") || !folders.some((folder) => url.startsWith(folder)))
    return next(url, context);
  const source = await compiled(fileURLToPath(url), async (text) => {
    const { default: swc } = await import("@swc/wasm-typescript");
    return swc.transformSync(text, { mode: "strip-only" }).code;
  });
  return { format: "module", shortCircuit: true, source };
}
