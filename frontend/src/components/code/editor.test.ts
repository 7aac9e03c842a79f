import { EditorView } from "@codemirror/view";
import { expect, test } from "vitest";
import { Editor } from "./editor";

function editor(text: string): { made: Editor; told: string[]; type: (text: string) => void } {
  const host = document.createElement("div");
  document.body.append(host);
  const told: string[] = [];
  const made = new Editor(host, {
    label: "Fix",
    text,
    original: null,
    readOnly: false,
    onChange: changed => told.push(changed),
  });
  const view = EditorView.findFromDOM(host.shadowRoot?.querySelector<HTMLElement>(".cm-editor") ?? host);
  const type = (typed: string): void => {
    view?.dispatch({ changes: { from: view.state.doc.length, insert: typed } });
  };
  return { made, told, type };
}

test("what was typed and comes back late takes nothing back that was typed since", () => {
  const { made, told, type } = editor("");
  type("d");
  type("e");
  made.show("d");
  type("f");
  made.show("de");
  made.show("def");
  expect(told).toEqual(["d", "de", "def"]);
});

test("a text of somebody else replaces what was typed, also one that was typed before", () => {
  const { made, told, type } = editor("");
  type("a");
  made.show("a");
  made.show("restored");
  type("!");
  made.show("a");
  type("b");
  expect(told).toEqual(["a", "restored!", "ab"]);
});
