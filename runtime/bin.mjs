#!/usr/bin/env node
/** The command `mmu-on`. `MMU_ON_BASE` names another folder that has `chapters/`. */
import { register } from "node:module";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";

register("./strip-hooks.mjs", import.meta.url);
register("./hooks.mjs", import.meta.url);

const root = fileURLToPath(new URL("..", import.meta.url));
const base = resolve(process.env.MMU_ON_BASE ?? root);
const { stdin, stdout, stderr } = process;
const { runCli } = await import("./cli.ts");
process.exitCode = await runCli(process.argv.slice(2), { base, stdin, stdout, stderr });
