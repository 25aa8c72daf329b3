import { fork, type ChildProcess } from "node:child_process";
import { watch } from "node:fs";
import type { ServerResponse } from "node:http";
import { join } from "node:path";
import { pagePaths, root } from "../runtime/book.ts";
import { printProblem } from "../runtime/page.ts";
import { createSite, printReport, type Report } from "./build.ts";
import { createSiteServer, listen, type Listen } from "./serve.ts";

/** What an open page is told; `pages` are pages of the book. */
type Change = { readonly pages: readonly string[] } | "everything";

/**
 * Reloads a page that has changed, at the place and with the folds the author sees.
 * A reload, not a patch: buttons, hovers and running cells start from the new page.
 */
const devScript = `
const key = "folds " + location.pathname;
const folds = [...document.querySelectorAll("main details")];
const open = JSON.parse(sessionStorage.getItem(key) ?? "[]");
if (open.length === folds.length) folds.forEach((d, n) => { d.open = open[n]; });
sessionStorage.removeItem(key);
const reload = () => {
  sessionStorage.setItem(key, JSON.stringify(folds.map((d) => d.open)));
  location.reload();
};
const page = JSON.parse(document.getElementById("page-data").textContent).page;
let lost = false;
const events = new EventSource("/__events");
events.onerror = () => { lost = true; };
events.onopen = () => { if (lost) reload(); };
events.onmessage = ({ data }) => {
  const change = JSON.parse(data);
  if (change === "everything" || change.pages.includes(page)) reload();
};
`;

/** The address of a development server, once it has one. */
type Ready = { readonly port: number };

/**
 * Serves the site and keeps it up to date: a saved page is redrawn alone. This is
 * the inner process; `supervise` restarts it when the builder itself changes.
 */
export async function develop(
  where: Listen, out: string | undefined, say: (line: string) => void,
): Promise<void> {
  const site = createSite({ say, patience: 10, ...(out !== undefined && { out }) });
  const open = new Set<ServerResponse>();
  const tell = (change: Change): void => {
    for (const response of open) response.write(`data: ${JSON.stringify(change)}\n\n`);
  };
  const server = createSiteServer(site.out, {
    page: (html) => html.replace("</head>",
      '<script type="module" src="/__dev.js"></script>\n</head>'),
    answer: (request, response) => {
      if (request.url === "/__dev.js") {
        response.writeHead(200, { "content-type": "text/javascript" }).end(devScript);
        return true;
      }
      if (request.url !== "/__events") return false;
      response.writeHead(200, { "content-type": "text/event-stream",
        "cache-control": "no-store" }).write(": open\n\n");
      open.add(response);
      response.on("close", () => open.delete(response));
      return true;
    },
  });
  const started = performance.now();
  const address = await listen(server, where);
  const first = await site.build();
  say(printReport(first, site.out, (performance.now() - started) / 1000));
  say(`${address}  (saved pages are redrawn at once)`);
  // The supervisor is gone, however it went.
  process.once("disconnect", () => process.exit(0));
  process.send?.({ port: Number(new URL(address).port) } satisfies Ready);

  let told = new Set(first.problems.map(printProblem));
  const report = ({ changed, problems }: Report): void => {
    tell({ pages: changed });
    const now = new Set(problems.map(printProblem));
    for (const problem of now) if (!told.has(problem)) say(problem.trimEnd());
    if (now.size === 0 && told.size > 0) say("No problems are left.");
    told = now;
  };
  const followUp = later(400, async () => {
    const followed = await site.follow();
    if (followed) report(followed);
  }, say);
  const queue = inOrder(say);
  let since = 0;
  watchFolder(join(root, "chapters"), (names) => {
    // A page that takes so long may hang; what it comes to is out of date anyway.
    if (since > 0 && performance.now() - since > 2000) void site.interrupt();
    queue(() => pageSaved(names));
  });
  async function pageSaved(names: readonly string[]): Promise<void> {
    const pages = names.filter((name) => name.endsWith(".md"));
    const beside = pages.length > 0 ? [] : await readersOf(names);
    const paths = [...pages.map((name) => `chapters/${name}`), ...beside];
    if (paths.length === 0) return;
    since = performance.now();
    const updated = await site.update(paths);
    const took = Math.round(performance.now() - since);
    since = 0;
    if (!updated) return;
    report(updated);
    say(`${paths.join(", ")}  ${took} ms`);
    followUp();
  }
  watchFolder(join(root, "site", "client"), () => queue(async () => {
    await site.refreshClient();
    tell("everything");
  }));
}

/** Pages that may read the changed files beside them: those of the same folder. */
async function readersOf(names: readonly string[]): Promise<string[]> {
  const folders = new Set(names.map((name) =>
    `chapters/${name.replace(/\/?fixtures\/.*$/, "")}/`));
  return (await pagePaths()).filter((path) =>
    folders.has(path.replace(/[^/]*$/, "")));
}

/** Runs tasks one after the other; a task that throws is told and forgotten. */
function inOrder(say: (line: string) => void): (task: () => Promise<void>) => void {
  let last = Promise.resolve();
  return (task) => {
    last = last.then(task).catch((error: unknown) => say(String(error)));
  };
}

/** Calls `run` when nobody has asked again for `delay` ms. */
function later(
  delay: number, run: () => Promise<void>, say: (line: string) => void,
): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(() => void run().catch((error: unknown) => say(String(error))),
      delay);
  };
}

/** Editors write a file in several steps; changes within 30 ms are one. */
function watchFolder(folder: string, changed: (names: string[]) => void): void {
  const names = new Set<string>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  watch(folder, { recursive: true }, (_, name) => {
    if (name === null || /(^|[\\/])\.|~$|\.sw.$|^4913$/.test(name)) return;
    names.add(name.split("\\").join("/"));
    clearTimeout(timer);
    timer = setTimeout(() => {
      const now = [...names];
      names.clear();
      changed(now);
    }, 30);
  });
}

/**
 * Keeps a development server running: when a file of `runtime/` or `site/` is
 * saved, the server starts anew on the same port, and open pages reload.
 *
 * @param script the program to run, @param args its arguments for `develop`
 * @returns the exit status, when the server ends by itself before it is ready
 */
export function supervise(script: string, args: readonly string[]): Promise<number> {
  return new Promise((resolve) => {
    let child: ChildProcess | undefined;
    let port: number | undefined;
    let restarting = false;
    const start = (): void => {
      const own = port === undefined ? [] : ["--port", String(port)];
      restarting = false;
      child = fork(script, [...args, ...own],
        { env: { ...process.env, BOOK_DEV_INNER: "1" } });
      child.on("message", (ready: Ready) => { port = ready.port; });
      child.on("exit", (status) => {
        child = undefined;
        if (restarting) start();
        else if (port === undefined) resolve(status ?? 1);
        else console.error("The server has ended; save a file to start it again.");
      });
    };
    const restart = (names: readonly string[]): void => {
      if (names.every((name) => /\.test\.ts$|^client\//.test(name))) return;
      restarting = true;
      if (child) child.kill();
      else start();
    };
    for (const folder of ["runtime", "site"]) watchFolder(join(root, folder), restart);
    process.once("exit", () => child?.kill());
    start();
  });
}
