/**
 * CodeMirror as the dashboard uses it. It lives in a shadow root, where its styles are adopted style sheets: so the page
 * needs no exception from its Content-Security-Policy.
 */

import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { pythonLanguage } from "@codemirror/lang-python";
import {
  bracketMatching,
  HighlightStyle,
  indentOnInput,
  indentUnit,
  syntaxHighlighting,
} from "@codemirror/language";
import { unifiedMergeView } from "@codemirror/merge";
import { search, searchKeymap } from "@codemirror/search";
import { Compartment, EditorState, type Extension } from "@codemirror/state";
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  highlightSpecialChars,
  keymap,
  lineNumbers,
} from "@codemirror/view";
import { tags } from "@lezer/highlight";

const colours = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword, tags.modifier], color: "var(--code-keyword)" },
  { tag: [tags.function(tags.definition(tags.variableName)), tags.className], color: "var(--code-name)" },
  { tag: [tags.function(tags.variableName), tags.function(tags.propertyName)], color: "var(--code-name)" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--code-text)" },
  { tag: [tags.number, tags.bool, tags.null, tags.atom], color: "var(--code-number)" },
  { tag: tags.comment, color: "var(--code-comment)" },
  { tag: tags.meta, color: "var(--ink-2)" },
]);

const look = EditorView.theme({
  "&": { height: "100%", color: "var(--ink)", backgroundColor: "var(--raised)", fontSize: "0.8125rem" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.55" },
  ".cm-content": { caretColor: "var(--ink)", padding: "8px 0" },
  ".cm-line": { padding: "0 12px 0 8px" },
  ".cm-gutters": { backgroundColor: "var(--raised)", color: "var(--ink-3)", border: "none" },
  ".cm-lineNumbers .cm-gutterElement": { padding: "0 6px 0 12px", minWidth: "2.4rem" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "var(--code-active-line)" },
  ".cm-activeLineGutter": { color: "var(--ink)" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  ".cm-selectionBackground, &.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground": {
    backgroundColor: "var(--code-selected)",
  },
  ".cm-matchingBracket, &.cm-focused .cm-matchingBracket": {
    backgroundColor: "var(--accent-wash)",
    outline: "1px solid var(--accent)",
  },
  ".cm-specialChar": { color: "var(--warn)", backgroundColor: "var(--warn-wash)" },
  ".cm-panels": { backgroundColor: "var(--sunken)", color: "var(--ink)", borderColor: "var(--line)" },
  ".cm-panels-bottom": { borderTop: "1px solid var(--line)" },
  ".cm-textfield, .cm-button": {
    border: "1px solid var(--line-strong)",
    borderRadius: "3px",
    background: "var(--raised)",
    color: "var(--ink)",
    fontFamily: "var(--font)",
    fontSize: "0.8125rem",
  },
  ".cm-panel.cm-search label": { fontFamily: "var(--font)", fontSize: "0.8125rem" },
  ".cm-searchMatch": { backgroundColor: "var(--warn-wash)", outline: "1px solid var(--warn)" },
  ".cm-changedLine": { backgroundColor: "var(--code-added) !important" },
  ".cm-changedText": { background: "var(--code-added-text) !important" },
  ".cm-deletedChunk": { backgroundColor: "var(--code-removed)", paddingLeft: "8px" },
  ".cm-deletedChunk .cm-deletedText, .cm-deletedText": { background: "var(--code-removed-text) !important" },
  ".cm-deletedChunk del": { textDecoration: "none" },
  ".cm-changeGutter": { width: "3px", paddingLeft: "0" },
  ".cm-changedLineGutter": { background: "var(--good) !important" },
  ".cm-deletedLineGutter": { background: "var(--bad) !important" },
  ".cm-collapsedLines": {
    color: "var(--ink-2)",
    background: "var(--sunken)",
    fontFamily: "var(--font)",
    padding: "2px 12px",
  },
});

/** Beside what CodeMirror marks itself: the other marks that turn or hide text, and tags. */
const ALSO_SPECIAL = /[\u00ad\u180e\u202a-\u202c\u2060-\u206f\ufff9-\ufffb\u{e0000}-\u{e0fff}]/gu;

export interface EditorOptions {
  /** What readers of screens are told. */
  label: string;
  text: string;
  /** What the text is compared with, in it; null: nothing. */
  original: string | null;
  readOnly: boolean;
  onChange?: ((text: string) => void) | undefined;
}

/** An editor in `host`, which becomes a shadow host. */
export class Editor {
  private readonly view: EditorView;
  private readonly comparison = new Compartment();
  private readonly access = new Compartment();
  private quiet = false;
  /** What was typed and told, and has not come back yet as what is to be shown. */
  private told: string[] = [];

  constructor(host: HTMLElement, options: EditorOptions) {
    const root = host.shadowRoot ?? host.attachShadow({ mode: "open" });
    root.replaceChildren();
    this.view = new EditorView({
      root,
      parent: root,
      state: EditorState.create({
        doc: options.text,
        extensions: [
          shared(options.label),
          history(),
          drawSelection(),
          indentOnInput(),
          bracketMatching(),
          search(),
          keymap.of([
            ...defaultKeymap.filter(bound => bound.key !== "Mod-Enter"),
            ...historyKeymap,
            ...searchKeymap,
          ]),
          keymap.of([indentWithTab]),
          this.comparison.of(compared(options.original)),
          this.access.of(access(options.readOnly)),
          EditorView.updateListener.of(update => {
            if (!update.docChanged || this.quiet) return;
            const text = update.state.doc.toString();
            if (options.onChange) this.told.push(text);
            options.onChange?.(text);
          }),
        ],
      }),
    });
  }

  /**
   * Replaces the text, which undo takes back. The same text is left alone, and so is what was typed here and comes back late,
   * when more has been typed.
   */
  show(text: string): void {
    const echoed = this.told.indexOf(text);
    this.told = echoed < 0 ? [] : this.told.slice(echoed + 1);
    const { doc } = this.view.state;
    if (echoed >= 0 || doc.toString() === text) return;
    this.quiet = true;
    this.view.dispatch({ changes: { from: 0, to: doc.length, insert: text } });
    this.quiet = false;
  }

  compare(original: string | null): void {
    this.view.dispatch({ effects: this.comparison.reconfigure(compared(original)) });
  }

  setReadOnly(readOnly: boolean): void {
    this.view.dispatch({ effects: this.access.reconfigure(access(readOnly)) });
  }

  focus(): void {
    this.view.focus();
  }

  destroy(): void {
    this.view.destroy();
  }
}

function shared(label: string): Extension {
  return [
    // Whatever ends lines elsewhere is a character here, and marked: what is shown is what is sent.
    EditorState.lineSeparator.of("\n"),
    EditorView.clipboardInputFilter.of(text => text.replaceAll("\r\n", "\n")),
    EditorState.tabSize.of(4),
    indentUnit.of("    "),
    lineNumbers(),
    highlightActiveLineGutter(),
    highlightActiveLine(),
    highlightSpecialChars({ addSpecialChars: ALSO_SPECIAL }),
    EditorView.lineWrapping,
    EditorView.contentAttributes.of({ "aria-label": label, spellcheck: "false", autocapitalize: "off" }),
    pythonLanguage,
    syntaxHighlighting(colours),
    look,
  ];
}

function access(readOnly: boolean): Extension {
  return EditorState.readOnly.of(readOnly);
}

function compared(original: string | null): Extension {
  if (original === null) return [];
  return unifiedMergeView({
    original,
    mergeControls: false,
    gutter: true,
    // Lines of minified code would otherwise take seconds.
    diffConfig: { scanLimit: 800, timeout: 300 },
  });
}
