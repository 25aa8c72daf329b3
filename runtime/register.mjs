/** `tsx --import ./runtime/register.mjs tool.ts`: the tool may import pages. */
import { register } from "node:module";

register("./hooks.mjs", import.meta.url);
