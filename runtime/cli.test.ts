import { execFile, spawn } from "node:child_process";
import { mkdir, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readCall } from "./cli.ts";
import { scratchBook, type Scratch } from "./scratch.ts";

const toy = `# A toy

\`\`\`ts
export const sizeCommand: Command = {
  name: "size", operands: "FILE", help: "say how long a file is", files: [0],
  examples: ["size --raw five"],
  options: {
    raw: { help: "the number alone" },
    unit: { operand: "NAME", help: "what is counted" },
  },
  run: ({ files: [bytes], options }) => {
    if (!bytes?.length) return { problem: "the file is empty" };
    return { output: options.raw === true ? String(bytes.length)
      : \`\${bytes.length} \${options.unit ?? "bytes"}\` };
  },
};
\`\`\`

\`\`\`ts
export const evenOddCommand: Command = {
  name: "even-odd", operands: "NUMBER", help: "tell even from odd",
  run: ({ operands: [number] }) => ({ output: half(Number(number)) + "" }),
};
const half = (x: number): number => {
  if (x % 2 !== 0) throw new RangeError(\`\${x} is odd\`);
  return x / 2;
};
\`\`\`

\`\`\`ts
export const longCommand: Command = {
  name: "many", operands: "", help: "print many lines",
  run: () => ({ output: "a line of text\\n".repeat(1_000_000) }),
};
export const lastCommand: Command = {
  name: "last", operands: "FILE", pieces: [0], help: "a file's last three bytes",
  run: ({ pieces: [file] = [] }) => ({ output: file === undefined ? "none"
    : [...file.read(file.size - 3, 3)].join(" ") }),
};
\`\`\`

\`\`\`ts static
export const exampleCommand: Command = elsewhere();
\`\`\`
`;

const bin = fileURLToPath(new URL("./bin.mjs", import.meta.url));

/** Runs many command lines in one process; bin.mjs itself is run further down. */
const many = `
import { register } from "node:module";
import { PassThrough, Readable } from "node:stream";
import { text } from "node:stream/consumers";
const engine = ${JSON.stringify(new URL("./", import.meta.url).href)};
for (const hooks of ["strip-hooks.mjs", "hooks.mjs"]) register(engine + hooks);
const { runCli } = await import(engine + "cli.ts");
const results = [];
for (const words of JSON.parse(process.argv[2])) {
  const around = { base: process.cwd(), stdin: Readable.from([Buffer.from("seven b")]),
    stdout: new PassThrough(), stderr: new PassThrough() };
  const status = await runCli(words, around);
  around.stdout.end(); around.stderr.end();
  results.push([status, await text(around.stdout), await text(around.stderr)]);
}
console.log(JSON.stringify(results));
`;

let scratch: Scratch;
beforeAll(async () => {
  scratch = await scratchBook({ "chapters/1-x/01-toy.md": toy, "five": "12345",
    "empty": "", "five.gz": "no gzip", "many.mjs": many });
  await writeFile(join(scratch.base, "thousand.gz"), gzipSync(Buffer.alloc(1000)));
  await writeFile(join(scratch.base, "huge"), "");
  await truncate(join(scratch.base, "huge"), 2 ** 30 + 1);
  await mkdir(join(scratch.base, "folder"));
});
afterAll(() => scratch.remove());

type Result = readonly [status: unknown, stdout: string, stderr: string];

/** Runs a program in the scratch folder. */
const execute = (command: string, words: readonly string[]): Promise<Result> =>
  new Promise((resolve) => {
    execFile(command, words, { cwd: scratch.base, maxBuffer: 2 ** 28,
      env: { ...process.env, MMU_ON_BASE: scratch.base } },
    (error, stdout, stderr) => resolve([error ? error.code : 0, stdout, stderr]));
  });

const run = (...words: readonly string[]): Promise<Result> =>
  execute(process.execPath, [bin, ...words]);

async function runMany(
  lines: readonly (readonly string[])[],
): Promise<readonly Result[]> {
  const [, stdout, stderr] =
    await execute(process.execPath, ["many.mjs", JSON.stringify(lines)]);
  expect(stderr).toBe("");
  return JSON.parse(stdout);
}

const usage = `usage: mmu-on size [options] FILE

say how long a file is

options:
  --raw        the number alone
  --unit NAME  what is counted

for example:
  mmu-on size --raw five

Defined in chapters/1-x/01-toy.md
`;
const list = `usage: mmu-on COMMAND …

  size FILE        say how long a file is
  even-odd NUMBER  tell even from odd
  many             print many lines
  last FILE        a file's last three bytes

\`mmu-on help COMMAND\` says more. A FILE may be - for standard input; a name that
ends in .gz is unpacked. Exit status: 0 done, 1 a problem was found, 2 wrong use,
3 a mistake in the model.
`;

const good: readonly (readonly [readonly string[], string])[] = [
  [["size", "five"], "5 bytes\n"],
  [["size", "--raw", "five"], "5\n"],
  [["size", "five", "--unit", "letters"], "5 letters\n"],
  [["size", "--unit=letters", "--", "five"], "5 letters\n"],
  [["size", "thousand.gz"], "1000 bytes\n"],
  [["size", "-"], "7 bytes\n"],
  [["last", "five"], "51 52 53\n"],
  [["last", "huge"], "0 0 0\n"],
  [["last", "thousand.gz"], "0 0 0\n"],
  [["last", "-"], "110 32 98\n"],
  [["even-odd", "8"], "4\n"],
  [["help", "size"], usage],
  [["size", "--help"], usage],
  [["help"], list],
  [["--help"], list],
  [[], list],
];

const wrong: readonly (readonly [readonly string[], string])[] = [
  [["sise", "five"], "no command `sise`, nearest `size`; `mmu-on --help` lists them"],
  [["example"], "no command `example`, nearest `size`; `mmu-on --help` lists them"],
  [["--size"], "no option --size; `mmu-on --help` lists the commands"],
  [["size"], "size: operand FILE is missing; usage: mmu-on size [options] FILE"],
  [["size", "five", "six"],
    "size: operand six is one too many; usage: mmu-on size [options] FILE"],
  [["size", "five", "--row"],
    "size: no option --row, nearest `--raw`; usage: mmu-on size [options] FILE"],
  [["even-odd", "-3"], "even-odd: no option -3; usage: mmu-on even-odd NUMBER"],
  [["size", "six"], "there is no file six"],
  [["size", "five/six"], "five/six cannot be read: not a directory"],
  [["size", "folder"], "folder is a folder, not a file"],
  [["size", "huge"], "huge is larger than 1 GiB, the most that is read"],
  [["last", "six"], "there is no file six"],
  [["last", "folder"], "folder is a folder, not a file"],
  [["size", "five.gz"], "five.gz cannot be unpacked: incorrect header check"],
];

test("right command lines print their answer, wrong ones one line", async () => {
  const lines = [...good, ...wrong].map(([words]) => words);
  const results = await runMany(lines);
  const shown = (n: number): unknown => [lines[n], ...results[n] ?? []];
  good.forEach(([words, output], n) =>
    expect(shown(n)).toEqual([words, 0, output, ""]));
  wrong.forEach(([words, message], n) =>
    expect(shown(good.length + n)).toEqual([words, 2, "", `mmu-on: ${message}\n`]));
});

describe.concurrent("the real program", () => {
  test("answers", async () => {
    expect(await run("size", "five")).toEqual([0, "5 bytes\n", ""]);
  });
  test("reads a pipe", async () => {
    expect(await execute("sh", ["-c", 'printf 1234567 | "$0" "$1" size /dev/stdin',
      process.execPath, bin])).toEqual([0, "7 bytes\n", ""]);
  });
  test("ends with 1 when the command found a problem", async () => {
    expect(await run("size", "empty")).toEqual([1, "", "the file is empty\n"]);
  });
  test("ends with 2 after wrong use", async () => {
    expect(await run("size", "six")).toEqual([2, "", "mmu-on: there is no file six\n"]);
  });
  test("ends with 3 and the place in the page after an exception", async () => {
    expect(await run("even-odd", "7")).toEqual([3, "",
      "chapters/1-x/01-toy.md:25:26  RangeError: 7 is odd\n"
      + "  from chapters/1-x/01-toy.md:22:47 Object.run\n"
      + "mmu-on: this is a mistake in the model, not in what it was given\n"]);
  });
  test("is content with a reader that has seen enough", async () => {
    const child = spawn(process.execPath, [bin, "many"], {
      env: { ...process.env, MMU_ON_BASE: scratch.base },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let complaint = "";
    child.stderr.on("data", (chunk) => { complaint += chunk; });
    child.stdout.once("data", () => child.stdout.destroy());
    const status = await new Promise((resolve) => child.on("close", resolve));
    expect([status, complaint]).toEqual([0, ""]);
  });
  test("writes long output whole", async () => {
    const [status, stdout] = await run("many");
    expect([status, stdout.length]).toEqual([0, 15_000_000]);
  });
});

describe("the words after a command", () => {
  const command = (operands: string): Command => ({
    name: "c", operands, help: "", run: () => ({ output: "" }),
    options: { level: { operand: "N", help: "" }, all: { help: "" } },
  });
  test.each([
    ["A", ["x"], ["x"], {}],
    ["A [B]", ["x"], ["x"], {}],
    ["A [B]", ["x", "y"], ["x", "y"], {}],
    ["A...", ["x", "y", "z"], ["x", "y", "z"], {}],
    ["[A...]", [], [], {}],
    ["", ["--all", "--level", "3"], [], { all: true, level: "3" }],
    ["", ["--level=--3"], [], { level: "--3" }],
    ["A", ["--", "--all"], ["--all"], {}],
    ["A", ["-"], ["-"], {}],
  ])("%s takes %j", (operands, words, wanted, options) => {
    expect(readCall(command(operands), words)).toEqual({ operands: wanted, options });
  });
  test.each([
    ["A", [], "operand A is missing"],
    ["A...", [], "operand A is missing"],
    ["[A]", ["x", "y"], "operand y is one too many"],
    ["", ["--level"], "--level needs a value N"],
    ["", ["--level", "--all"], "--level needs a value N"],
    ["", ["--all=1"], "--all takes no value"],
    ["", ["--all", "--all"], "--all is given twice"],
    ["", ["--constructor"], "no option --constructor"],
    ["", ["-a"], "no option -a"],
  ])("%s refuses %j", (operands, words, message) => {
    expect(() => readCall(command(operands), words)).toThrow(message);
  });
});
