/** `node --import ./runtime/engine.mjs tool.ts`: a tool of the engine, without tsx. */
import { register } from "node:module";

register("./strip-hooks.mjs", import.meta.url);
