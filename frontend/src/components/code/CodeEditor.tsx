import { useEffect, useRef, type Ref, useImperativeHandle } from "react";
import styles from "./Code.module.css";
import { Editor } from "./editor";

export interface EditorHandle {
  focus: () => void;
}

interface CodeEditorProps {
  label: string;
  value: string;
  /** Absent: the code is only shown. */
  onChange?: (value: string) => void;
  /** What it is compared with, line by line within it; null: nothing. */
  original?: string | null;
  readOnly?: boolean;
  /** tall: as high as its parent; fit: as high as its text, up to most of the window. */
  size?: "tall" | "fit";
  ref?: Ref<EditorHandle>;
}

export function CodeEditor({
  label,
  value,
  onChange,
  original = null,
  readOnly = onChange === undefined,
  size = "tall",
  ref,
}: CodeEditorProps) {
  const host = useRef<HTMLDivElement>(null);
  const editor = useRef<Editor | null>(null);
  const change = useRef(onChange);
  useEffect(() => {
    change.current = onChange;
  });

  useEffect(() => {
    if (host.current === null) return;
    const made = new Editor(host.current, {
      label,
      text: value,
      original,
      readOnly,
      onChange: text => change.current?.(text),
    });
    editor.current = made;
    return () => {
      made.destroy();
      editor.current = null;
    };
    // Made once: what changes afterwards is told to it below.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [label]);

  useEffect(() => {
    editor.current?.show(value);
  }, [value]);
  const compared = useRef(original);
  useEffect(() => {
    if (compared.current === original) return;
    compared.current = original;
    editor.current?.compare(original);
  }, [original]);
  useEffect(() => {
    editor.current?.setReadOnly(readOnly);
  }, [readOnly]);

  useImperativeHandle(ref, () => ({ focus: () => editor.current?.focus() }), []);

  return <div ref={host} className={styles.code} data-size={size} />;
}
