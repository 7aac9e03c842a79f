import { useState } from "react";
import { printed, useShortcutGroups, useShortcuts } from "@/shortcuts";
import { LazyDialog } from "../ui/LazyDialog";
import styles from "./ShortcutSheet.module.css";

const EDITOR = [
  { keys: "Tab", meaning: "Indent" },
  { keys: "Escape Tab", meaning: "Leave the editor" },
  { keys: "$mod+z", meaning: "Undo, also what AI Fix wrote" },
  { keys: "$mod+f", meaning: "Find" },
];

function Keys({ keys }: { keys: string }) {
  return (
    <span className={styles.keys}>
      {printed(keys).map((name, index) => (
        <kbd key={index}>{name}</kbd>
      ))}
    </span>
  );
}

export function ShortcutSheet() {
  const [open, setOpen] = useState(false);
  useShortcuts("Everywhere", [
    {
      keys: "Shift+?",
      meaning: "This list",
      run: () => {
        setOpen(true);
      },
    },
  ]);
  const groups = useShortcutGroups();
  return (
    <LazyDialog
      open={open}
      onClose={() => {
        setOpen(false);
      }}
      title="Keyboard"
    >
      <div className={styles.groups}>
        {[...groups, { name: "In the editor", shortcuts: EDITOR }].map(group => (
          <section key={group.name}>
            <h3>{group.name}</h3>
            <dl>
              {group.shortcuts.map(({ keys, meaning }) => (
                <div key={keys} className={styles.row}>
                  <dt>{meaning}</dt>
                  <dd>
                    <Keys keys={keys} />
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </LazyDialog>
  );
}
