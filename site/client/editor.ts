import {
  defaultKeymap, history, historyKeymap, indentWithTab,
} from "@codemirror/commands";
import { javascript, typescriptLanguage } from "@codemirror/lang-javascript";
import {
  bracketMatching, indentOnInput, indentUnit, syntaxHighlighting,
} from "@codemirror/language";
import { EditorState, StateEffect, StateField } from "@codemirror/state";
import {
  Decoration, EditorView, drawSelection, keymap, lineNumbers, type DecorationSet,
} from "@codemirror/view";
import { highlightCode, tagHighlighter, tags as t } from "@lezer/highlight";

/** A cell's text under the reader's cursor. */
export type Editor = {
  readonly element: HTMLElement;
  readonly focus: () => void;
  readonly text: () => string;
  /** Marks a line of the cell, counted from 0, as the one with the error. */
  readonly markError: (line: number | undefined) => void;
  readonly close: () => void;
};

export type EditorSettings = {
  readonly text: string;
  readonly label: string;
  /** Number of the first line, in the page. */
  readonly firstLine: number;
  readonly onChange: () => void;
  /** Ctrl-Enter or Cmd-Enter. */
  readonly onRun: () => void;
  /** Escape. */
  readonly onLeave: () => void;
};

/** The one-letter classes that the builder gives to coloured code. */
const colours = tagHighlighter([
  { tag: [t.keyword, t.modifier, t.self, t.null], class: "k" },
  { tag: [t.function(t.variableName), t.function(t.propertyName),
    t.function(t.definition(t.variableName))], class: "f" },
  { tag: [t.typeName, t.className, t.standard(t.name)], class: "y" },
  { tag: [t.number, t.bool, t.atom], class: "n" },
  { tag: t.comment, class: "c" },
  { tag: [t.string, t.special(t.string), t.regexp], class: "s" },
  { tag: [t.operator, t.punctuation], class: "o" },
]);

const setError = StateEffect.define<number | undefined>();
const errorLine = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update: (marks, { effects, docChanged, state }) => {
    const effect = effects.find((e) => e.is(setError));
    if (!effect) return docChanged ? Decoration.none : marks;
    const line = effect.value === undefined ? 0 : effect.value + 1;
    if (line < 1 || line > state.doc.lines) return Decoration.none;
    return Decoration.set([Decoration.line({ class: "error-line" })
      .range(state.doc.line(line).from)]);
  },
  provide: (field) => EditorView.decorations.from(field),
});

/** An editor for TypeScript, not yet in the page. */
export function createEditor(settings: EditorSettings): Editor {
  const { text, label, firstLine, onChange, onRun, onLeave } = settings;
  const does = (act: () => void) => () => { act(); return true; };
  const view = new EditorView({
    state: EditorState.create({
      doc: text.replace(/\n$/, ""),
      extensions: [
        keymap.of([{ key: "Mod-Enter", run: does(onRun) },
          { key: "Escape", run: does(onLeave) },
          indentWithTab, ...historyKeymap, ...defaultKeymap]),
        history(), drawSelection(), indentOnInput(), bracketMatching(),
        indentUnit.of("  "), javascript({ typescript: true }),
        syntaxHighlighting(colours), errorLine,
        lineNumbers({ formatNumber: (n) => String(n + firstLine - 1) }),
        EditorView.contentAttributes.of({ "aria-label": label, spellcheck: "false" }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) onChange();
        }),
      ],
    }),
  });
  const element = document.createElement("div");
  element.className = "code editor";
  element.append(view.dom);
  return {
    element,
    focus: () => view.focus(),
    text: () => `${view.state.doc.toString()}\n`,
    markError: (line) => view.dispatch({ effects: setError.of(line) }),
    close: () => {
      view.destroy();
      element.remove();
    },
  };
}

/** Text with the colours of the editor, for an edited cell that is not open. */
export function colouredCode(text: string): DocumentFragment {
  const fragment = document.createDocumentFragment();
  highlightCode(text, typescriptLanguage.parser.parse(text), colours,
    (piece, classes) => {
      if (classes === "") return fragment.append(piece);
      const span = document.createElement("span");
      span.className = classes;
      span.textContent = piece;
      fragment.append(span);
    },
    () => fragment.append("\n"));
  return fragment;
}
