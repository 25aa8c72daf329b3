import MarkdownIt, { type Renderer, type RendererRule, type Token } from "markdown-it";
import { markdown, type Cell, type Heading, type Page } from "../runtime/page.ts";
import { escapeText } from "../runtime/values.ts";
import { claimId } from "./claims.ts";

/** What only the site knows about the things in a page's prose. */
export type Prose = {
  /** A finished cell. */
  readonly cell: (cell: Cell) => string;
  /** A fence that is not a cell. */
  readonly fence: (code: string, language: string) => string;
  readonly href: (href: string) => string;
  readonly source: (src: string) => string;
  readonly anchor: (heading: Heading) => string;
  /** `**W1**`, or undefined when the book has no such claim. */
  readonly claim: (id: string) => string | undefined;
};

/** The page's Markdown as HTML, from the tokens that `parsePage` made. */
export function renderProse(page: Page, prose: Prose): string {
  const renderer = rendererFor(page, prose);
  return renderer.render([...page.tokens], markdown.options, {});
}

function rendererFor(page: Page, prose: Prose): Renderer {
  const { renderer } = new MarkdownIt();
  const cells = new Map(page.cells.map((cell) => [cell.open, cell]));
  const headings = new Map(page.headings.map((h) => [h.line, h]));
  const headingOf = (token: Token | undefined): Heading | undefined =>
    headings.get(token?.map?.[0] ?? -1);
  const plain: RendererRule = (tokens, n, options, _env, self) =>
    self.renderToken(tokens, n, options);
  const image = renderer.rules["image"] ?? plain;
  Object.assign(renderer.rules, {
    fence: (tokens, n) => {
      const token = tokens[n];
      const cell = cells.get(token?.map?.[0] ?? -1);
      return cell ? prose.cell(cell)
        : prose.fence(token?.content ?? "", token?.info.trim().split(/\s+/)[0] ?? "");
    },
    heading_open: (tokens, n) => {
      const heading = headingOf(tokens[n]);
      const tag = tokens[n]?.tag ?? "h2";
      const id = heading && ` id="${escapeText(prose.anchor(heading))}"`;
      return `<${tag}${id ?? ""}>`;
    },
    heading_close: (tokens, n) => {
      const heading = headingOf(tokens[n - 2]);
      const tag = tokens[n]?.tag ?? "h2";
      if (!heading || heading.level === 1) return `</${tag}>\n`;
      const href = escapeText(prose.anchor(heading));
      return ` <a class="anchor" href="#${href}" aria-label="Link to this section"`
        + `></a></${tag}>\n`;
    },
    link_open: (tokens, n, options, env, self) =>
      plain(withAttribute(tokens, n, "href", prose.href), n, options, env, self),
    image: (tokens, n, options, env, self) =>
      image(withAttribute(tokens, n, "src", prose.source), n, options, env, self),
    table_open: () => '<div class="table" tabindex="0"><table>\n',
    table_close: () => "</table></div>\n",
    strong_open: (tokens, n) => claimAt(tokens, n + 1, prose) ?? "<strong>",
    strong_close: (tokens, n) => (claimAt(tokens, n - 1, prose) ? "" : "</strong>"),
    text: (tokens, n) => (claimAt(tokens, n, prose) ? ""
      : escapeText(tokens[n]?.content ?? "")),
    html_block: (tokens, n) => asideOf(tokens[n]?.content ?? "", renderer),
  } satisfies Record<string, RendererRule>);
  return renderer;
}

/** The tokens with one attribute of token `n` changed; the page's own stay the same. */
const withAttribute = (
  tokens: readonly Token[], n: number, name: string, change: (value: string) => string,
): Token[] => tokens.map((token, at) => {
  if (at !== n) return token;
  const copy: Token = Object.create(token);
  copy.attrs = token.attrs?.map(([key, value]) =>
    [key, key === name ? change(String(value)) : value]) ?? null;
  return copy;
});

/** The link for a claim when token `n` is all that stands between two `**`. */
function claimAt(
  tokens: readonly Token[], n: number, prose: Prose,
): string | undefined {
  const text = tokens[n]?.content ?? "";
  const alone = tokens[n - 1]?.type === "strong_open"
    && tokens[n + 1]?.type === "strong_close";
  return alone && claimId.test(text) ? prose.claim(text) : undefined;
}

/** Markdown works inside `<aside>…</aside>`, too. */
function asideOf(content: string, renderer: Renderer): string {
  const m = /^<aside>([\s\S]*)<\/aside>\s*$/.exec(content);
  if (!m) return content;
  const [inline] = markdown.parseInline((m[1] ?? "").trim(), {});
  return `<aside>${renderer.renderInline(inline?.children ?? [], markdown.options, {})
  }</aside>\n`;
}

/** The first paragraph without markup, for search engines; at most `limit` letters. */
export function description(page: Page, limit = 160): string {
  const n = page.tokens.findIndex((t) => t.type === "paragraph_open" && t.level === 0);
  const text = (page.tokens[n + 1]?.content ?? "").replace(/\s+/g, " ")
    .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1").replace(/[`*]|<[^>]*>/g, "");
  return text.length <= limit ? text
    : `${text.slice(0, limit).replace(/\s+\S*$/, "")} …`;
}
