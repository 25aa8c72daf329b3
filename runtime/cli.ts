import { closeSync, createReadStream, openSync, readSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { pathToFileURL } from "node:url";
import { gunzipSync } from "node:zlib";
import { parseArgs } from "node:util";
import { nearest } from "./nearest.ts";
import { pagePaths } from "./paths.ts";
import { most, type Pieces, piecesOf } from "./pieces.ts";

/** What a run of the tool reads and writes besides the files it is given. */
export type Surroundings = {
  /** The folder whose `chapters/` hold the pages. */
  readonly base: string;
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly stderr: Writable;
};

/** Exit statuses: done, the command found a problem, wrong use, a mistake of ours. */
const status = { done: 0, problem: 1, use: 2, ours: 3 } as const;

/** The user's mistake; one line says what and what to do. */
class WrongUse extends Error {}

/**
 * The command-line tool: its commands are the exports named `…Command` of the pages.
 *
 * @param argv what stands after `mmu-on`
 * @returns the exit status: 0 done, 1 the command found a problem, 2 wrong use,
 *   3 a mistake in a page or in the tool itself
 */
export async function runCli(
  argv: readonly string[], around: Surroundings,
): Promise<number> {
  const { stdout, stderr } = around;
  // Errors come back from `write`; without a listener they would also end the process.
  for (const stream of [stdout, stderr]) stream.on("error", () => undefined);
  try {
    const answer = await answerTo(argv, around);
    if ("problem" in answer) {
      await write(stderr, answer.problem);
      return status.problem;
    }
    await write(stdout, answer.output);
    return status.done;
  } catch (error) {
    if (hasCode(error) && error.code === "EPIPE") return status.done;
    const known = error instanceof WrongUse;
    await write(stderr, known ? `mmu-on: ${error.message}`
      : printMistake(error, around.base)).catch(() => undefined);
    return known ? status.use : status.ours;
  }
}

type Answer = ReturnType<Command["run"]>;

async function answerTo(
  argv: readonly string[], around: Surroundings,
): Promise<Answer> {
  const [word = "--help", ...rest] = argv;
  const { base } = around;
  if (word === "--version") return { output: await version() };
  const help = word === "help" || word === "--help" || word === "-h";
  const named = help ? rest[0] : word;
  if (named === undefined) return { output: printCommands(await loadAll(base)) };
  if (named.startsWith("-"))
    throw new WrongUse(`no option ${named}; \`mmu-on --help\` lists the commands`);
  const found = await find(named, base);
  const usage = { output: printUsage(found) };
  if (help) return usage;
  const call = readCall(found.command, rest);
  if (call === "help") return usage;
  const { command } = found;
  const files: Uint8Array[] = [];
  const pieces: OpenFile[] = [];
  try {
    for (const name of operandsAt(command, command.files, call.operands))
      files.push(await readOperand(name, around.stdin));
    for (const name of operandsAt(command, command.pieces, call.operands))
      pieces.push(await openOperand(name, around.stdin));
    return command.run({ ...call, files, pieces });
  } finally {
    for (const { close } of pieces) close?.();
  }
}

const manifest = new URL("../package.json", import.meta.url);
const version = async (): Promise<string> =>
  JSON.parse(await readFile(manifest, "utf8")).version;

// Finding commands

type Place = { readonly page: string; readonly name: string };
type Found = { readonly page: string; readonly command: Command };

/** Exports that may be commands, by the text of the pages: nothing runs yet. */
async function places(base: string): Promise<Place[]> {
  const paths = await pagePaths(base).catch(() => {
    throw new WrongUse(`no chapters in ${base}`);
  });
  const texts = await Promise.all(
    paths.map((path) => readFile(join(base, path), "utf8")));
  return paths.flatMap((page, n) =>
    [...(texts[n] ?? "").matchAll(/^export const (\w*Command)\b/gm)]
      .flatMap(([, name]) => name === undefined ? [] : { page, name }));
}

/** Runs the page; undefined when the export only stands in an example there. */
async function load({ page, name }: Place, base: string): Promise<Found | undefined> {
  const module: Record<string, unknown> =
    await import(/* @vite-ignore */ pathToFileURL(join(base, page)).href);
  const command = module[name];
  if (command === undefined) return undefined;
  if (!isCommand(command))
    throw new Error(`${page}: \`${name}\` is not a Command (runtime/cells.d.ts)`);
  return { page, command };
}

const isCommand = (value: unknown): value is Command =>
  typeof value === "object" && value !== null
  && "name" in value && typeof value.name === "string"
  && "operands" in value && typeof value.operands === "string"
  && "help" in value && typeof value.help === "string"
  && "run" in value && typeof value.run === "function";

async function loadAll(base: string): Promise<Found[]> {
  const found = [];
  for (const at of await places(base)) found.push(await load(at, base));
  return found.filter((f) => f !== undefined);
}

/** `check-entry` is expected in `checkEntryCommand`: only that page has to run. */
async function find(word: string, base: string): Promise<Found> {
  const camel = word.replace(/-(\w)/g, (_, c: string) => c.toUpperCase());
  const all = await places(base);
  for (const at of all.filter((p) => p.name === `${camel}Command`)) {
    const found = await load(at, base);
    if (found?.command.name === word) return found;
  }
  const others = await loadAll(base);
  const found = others.find((f) => f.command.name === word);
  if (found) return found;
  const names = others.map((f) => f.command.name);
  throw new WrongUse(`no command \`${word}\`, nearest ${nearest(word, names)}; `
    + "`mmu-on --help` lists them");
}

// The command line of one command

type Call = Pick<Parameters<Command["run"]>[0], "operands" | "options">;

/** Splits the words after the command's name, or finds the wish for help in them. */
export function readCall(command: Command, words: readonly string[]): Call | "help" {
  const wrong = (what: string): never => {
    throw new WrongUse(`${command.name}: ${what}; usage: ${usageLine(command)}`);
  };
  const known = command.options ?? {};
  const types = Object.entries(known).map(([name, option]) =>
    [name, { type: option.operand === undefined ? "boolean" : "string" }] as const);
  const { tokens } = parseArgs({
    args: [...words], options: Object.fromEntries(types), strict: false, tokens: true,
    allowPositionals: true,
  });
  const operands: string[] = [];
  const options: Record<string, string | true> = {};
  for (const token of tokens) {
    if (token.kind === "positional") operands.push(token.value);
    if (token.kind !== "option") continue;
    const { name, rawName, value, inlineValue } = token;
    if (rawName === "--help" || rawName === "-h") return "help";
    const option = rawName.startsWith("--") && Object.hasOwn(known, name)
      ? known[name] : undefined;
    const names = Object.keys(known);
    if (!option)
      return wrong(`no option ${rawName}${names.length === 0 ? ""
        : `, nearest ${nearest(rawName, names.map((n) => `--${n}`))}`}`);
    if (Object.hasOwn(options, name)) wrong(`${rawName} is given twice`);
    if (option.operand === undefined) {
      if (value !== undefined) wrong(`${rawName} takes no value`);
      options[name] = true;
    } else if (value === undefined || (inlineValue !== true && value.startsWith("--")))
      return wrong(`${rawName} needs a value ${option.operand}`);
    else options[name] = value;
  }
  const wanted = operandsOf(command);
  const missing = wanted[operands.length];
  if (missing && !missing.optional) wrong(`operand ${missing.name} is missing`);
  if (operands.length > wanted.length && wanted.at(-1)?.repeated !== true)
    wrong(`operand ${operands[wanted.length]} is one too many`);
  return { operands, options };
}

/** `"FILE [LEVEL] NAME..."`: in brackets optional, with dots one or more. */
const operandsOf = (command: Command) =>
  command.operands.split(/\s+/).filter((word) => word !== "").map((word) => ({
    name: word.replace(/[[\].]/g, ""),
    optional: word.startsWith("["),
    repeated: word.includes("..."),
  }));

function operandsAt(
  command: Command, places: readonly number[] | undefined,
  operands: readonly string[],
): readonly string[] {
  const last = operandsOf(command).length - 1;
  return operands.filter((_, n) => places?.includes(Math.min(n, last)));
}

// Reading files

/** A file's bytes; `-` is standard input, and names in `.gz` are unpacked. */
async function readOperand(name: string, stdin: Readable): Promise<Uint8Array> {
  if (name === "-") return collect(stdin, "standard input");
  return explained(name, async () => {
    const found = await stat(name);
    if (found.isDirectory()) throw new WrongUse(`${name} is a folder, not a file`);
    if (found.size > most) throw tooBig(name);
    const bytes = found.isFile() ? await readFile(name)
      : await collect(createReadStream(name), name);
    return plain(name.endsWith(".gz")
      ? gunzipSync(bytes, { maxOutputLength: most }) : bytes);
  });
}

type OpenFile = Pieces & { readonly close?: () => void };

/** A file to be read in pieces; what is no plain file is read whole. */
async function openOperand(name: string, stdin: Readable): Promise<OpenFile> {
  const found = name === "-" || name.endsWith(".gz") ? undefined
    : await explained(name, () => stat(name));
  if (!found?.isFile()) return piecesOf(await readOperand(name, stdin));
  const { size } = found;
  return explained(name, async () => {
    const file = openSync(name, "r");
    return { size, close: () => closeSync(file), read(at, count) {
      const bytes = new Uint8Array(count);
      const got = readSync(file, bytes, 0, count, at);
      if (got === count) return bytes;
      throw new WrongUse(`${name} ends after ${at + got} bytes, not ${size}`);
    } };
  });
}

/** Runs `body`, and says in one line why a file cannot be read. */
async function explained<T>(name: string, body: () => Promise<T>): Promise<T> {
  try {
    return await body();
  } catch (error) {
    if (!hasCode(error)) throw error;
    if (error.code === "ENOENT") throw new WrongUse(`there is no file ${name}`);
    if (error.code === "ERR_BUFFER_TOO_LARGE") throw tooBig(`${name}, unpacked,`);
    const reason = error.message.replace(/^[A-Z0-9]+: |, \w+( '.*')?$/g, "");
    const what = String(error.code).startsWith("Z_") ? "unpacked" : "read";
    throw new WrongUse(`${name} cannot be ${what}: ${reason}`);
  }
}

/** All of a stream whose length nobody knows before. */
async function collect(stream: Readable, name: string): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stream) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > most) throw tooBig(name);
  }
  return plain(Buffer.concat(chunks));
}

/** The bytes without Node's Buffer, whose `slice` is no copy. */
const plain = (bytes: Uint8Array): Uint8Array =>
  new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);

const tooBig = (name: string): WrongUse =>
  new WrongUse(`${name} is larger than 1 GiB, the most that is read`);

const hasCode = (error: unknown): error is Error & { readonly code: unknown } =>
  error instanceof Error && "code" in error;

// Printing

const write = (stream: Writable, text: string): Promise<void> =>
  new Promise((resolve, reject) => {
    stream.write(text === "" || text.endsWith("\n") ? text : `${text}\n`,
      (error) => error ? reject(error) : resolve());
  });

const usageLine = ({ name, operands, options }: Command): string =>
  ["mmu-on", name, options && "[options]", operands].filter(Boolean).join(" ");

/** Two columns, the second aligned. */
function columns(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(0, ...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}\n`).join("");
}

const printCommands = (all: readonly Found[]): string =>
  `usage: mmu-on COMMAND …\n\n${columns(all.map(({ command }) =>
    [`${command.name} ${command.operands}`.trimEnd(), command.help]))}
\`mmu-on help COMMAND\` says more. A FILE may be - for standard input; a name that
ends in .gz is unpacked. Exit status: 0 done, 1 a problem was found, 2 wrong use,
3 a mistake in the model.
`;

function printUsage({ command, page }: Found): string {
  const rows = Object.entries(command.options ?? {}).map(([name, option]) =>
    [`--${name}${option.operand === undefined ? "" : ` ${option.operand}`}`,
      option.help] as const);
  const options = rows.length === 0 ? "" : `\noptions:\n${columns(rows)}`;
  const lines = command.examples?.map((line) => `  mmu-on ${line}\n`) ?? [];
  const examples = lines.length === 0 ? "" : `\nfor example:\n${lines.join("")}`;
  return `usage: ${usageLine(command)}\n\n${command.help}\n${options}${examples}
Defined in ${page}\n`;
}

/** An exception: the place in the page, what it says, how it came there. */
export function printMistake(error: unknown, base: string): string {
  if (!(error instanceof Error)) return String(error);
  const pages = `${pathToFileURL(base).href}/`;
  const frames = (error.stack ?? "").split("\n").flatMap((line) => {
    const [, name, page, at] =
      /^(?:\s+at )?(?:(.+) \()?(file:.+?\.md)(:\d+(?::\d+)?)\)?$/.exec(line) ?? [];
    return page?.startsWith(pages) && at !== undefined
      ? { name, place: `${page.slice(pages.length)}${at}` } : [];
  });
  const [first, ...rest] = frames;
  if (first)
    return [`${first.place}  ${error.name}: ${error.message}`,
      ...rest.map(({ name, place }) => `  from ${place}${name ? ` ${name}` : ""}`),
      "mmu-on: this is a mistake in the model, not in what it was given"].join("\n");
  return /^\S+\.md:\d+:\d+ {2}/.test(error.message) ? error.message
    : error.stack ?? error.message;
}
