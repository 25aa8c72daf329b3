import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { createSite, isFresh, printReport } from "./build.ts";
import { develop, supervise } from "./dev.ts";
import { createSiteServer, listen, ListenError } from "./serve.ts";

const help = `Usage: main.ts COMMAND [options]

  start   build the site if it is not up to date, serve it, print the address
  dev     serve the site and redraw each page when it is saved
  build   build the site

  --out FOLDER   where the site goes (build/site)
  --port N       the port to serve on (8080); 0 takes any free one
  --host NAME    the address to serve on (localhost)
  --slow         build: also run the tests flagged slow
  --help`;

/** A command line that makes no sense: one line, exit status 2. */
class Usage extends Error { override name = "Usage"; }

type Command = {
  readonly name: "start" | "dev" | "build";
  readonly port: number;
  readonly host: string;
  readonly slow: boolean;
  readonly out: string | undefined;
};

/** Throws: `Usage` with what is wrong. */
export function readCommand(args: readonly string[]): Command | "help" {
  const options = {
    out: { type: "string" }, port: { type: "string" }, host: { type: "string" },
    slow: { type: "boolean" }, help: { type: "boolean" },
  } as const;
  const { values, positionals } = parse();
  if (values.help) return "help";
  const [name, ...rest] = positionals;
  if (name !== "start" && name !== "dev" && name !== "build")
    throw new Usage(name === undefined ? "a command is missing: start, dev or build"
      : `"${name}" is not a command: start, dev or build`);
  if (rest.length > 0) throw new Usage(`${name} takes no operand, got "${rest[0]}"`);
  const port = Number(values.port ?? 8080);
  if (!/^\d+$/.test(values.port ?? "8080") || port > 65535)
    throw new Usage(`--port takes a number up to 65535, got "${values.port}"`);
  if (name === "build" && (values.port ?? values.host) !== undefined)
    throw new Usage("build serves nothing: --port and --host are of start and dev");
  if (name !== "build" && values.slow) throw new Usage("--slow is an option of build");
  return { name, port, host: values.host ?? "localhost", slow: values.slow ?? false,
    out: values.out === undefined ? undefined : resolve(values.out) };

  function parse() {
    try {
      return parseArgs({ args: [...args], options, allowPositionals: true });
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      throw new Usage(text.split(/\. |\n/)[0] ?? text);
    }
  }
}

const say = (line: string): void => console.error(line);

/** Builds, says how it went. @returns whether nothing was wrong */
async function build({ out, slow }: Command): Promise<boolean> {
  const site = createSite({ say, slow, ...(out !== undefined && { out }) });
  const start = performance.now();
  const report = await site.build();
  await site.close();
  say(printReport(report, site.out, (performance.now() - start) / 1000));
  return report.problems.length === 0;
}

async function start(command: Command): Promise<void> {
  const place = command.out === undefined ? {} : { out: command.out };
  const server = createSiteServer(createSite(place).out);
  // The port first: nobody should wait for a build to learn that it is in use.
  const address = await listen(server, command);
  if (!await isFresh(place)) await build(command);
  console.log(address);
}

async function run(args: readonly string[]): Promise<number> {
  const command = readCommand(args);
  if (command === "help") {
    console.log(help);
    return 0;
  }
  const folder = command.out === undefined ? undefined
    : await stat(command.out).catch(() => undefined);
  if (folder && !folder.isDirectory())
    throw new Usage(`--out ${command.out} is not a folder`);
  switch (command.name) {
    case "build": return await build(command) ? 0 : 1;
    case "start":
      await start(command);
      return 0;
    case "dev":
      if (process.env["BOOK_DEV_INNER"] === undefined)
        return supervise(fileURLToPath(import.meta.url), args);
      await develop(command, command.out, say);
      return 0;
  }
}

if (process.argv[1] !== undefined
  && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  // So that what we started ends with us.
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.once(signal, () => process.exit(130));
  try {
    process.exitCode = await run(process.argv.slice(2));
  } catch (error) {
    if (!(error instanceof Usage || error instanceof ListenError)) throw error;
    console.error(`${process.env["npm_lifecycle_event"] ?? "site"}: ${error.message}`);
    process.exit(2);
  }
}
