import { existsSync } from "node:fs";
import { join } from "node:path";
import { chromium, type Browser } from "playwright-core";

/** Where browsers of the Chromium family usually are, by platform. */
function usualPlaces(): readonly string[] {
  switch (process.platform) {
    case "darwin": return ["Chromium", "Google Chrome", "Microsoft Edge"].map((name) =>
      `/Applications/${name}.app/Contents/MacOS/${name}`);
    case "win32": return ["PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA"]
      .flatMap((folder) => process.env[folder] ?? [])
      .flatMap((folder) => ["Google/Chrome", "Chromium", "Microsoft/Edge"].map((name) =>
        join(folder, name, "Application", name.endsWith("Edge") ? "msedge.exe"
          : "chrome.exe")));
    default: return ["chromium-headless-shell", "chromium", "chromium-browser",
      "google-chrome", "google-chrome-stable", "microsoft-edge"].flatMap((name) =>
      ["/usr/bin", "/usr/local/bin", "/snap/bin"].map((folder) => `${folder}/${name}`));
  }
}

/**
 * The browser that the tests drive: `CHROMIUM_PATH`, else the first usual one.
 *
 * Throws: an `Error` whose one line says how to get a browser.
 */
export function browserPath(env: NodeJS.ProcessEnv = process.env): string {
  const wanted = env["CHROMIUM_PATH"];
  if (wanted !== undefined && wanted !== "") {
    if (existsSync(wanted)) return wanted;
    throw new Error(`CHROMIUM_PATH is ${wanted}, but there is no such file`);
  }
  const found = usualPlaces().find((path) => existsSync(path));
  if (found !== undefined) return found;
  throw new Error("the browser tests need Chromium or Chrome: run `apt-get install "
    + "chromium` (or your system's way; chromium-headless-shell is faster), or set "
    + "CHROMIUM_PATH to its executable");
}

/**
 * Starts it, without a window. Root may not use Chromium's own sandbox. All tabs share
 * one renderer, and no stand-in for a GPU draws: these took a fifth of the time.
 */
export const launch = (): Promise<Browser> => chromium.launch({
  executablePath: browserPath(), headless: true,
  args: ["--disable-dev-shm-usage", "--disable-gpu", "--in-process-gpu",
    "--disable-site-isolation-trials", "--renderer-process-limit=1",
    ...process.getuid?.() === 0 ? ["--no-sandbox"] : []],
});
