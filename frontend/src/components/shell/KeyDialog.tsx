import { useSyncExternalStore, useState, type SyntheticEvent } from "react";
import { key } from "@/api/key";
import { Button } from "../ui/Button";
import { LazyDialog } from "../ui/LazyDialog";
import { TextField } from "../ui/Field";
import styles from "./KeyDialog.module.css";

/** Asks for the API key once the gateway wants one. */
export function KeyDialog() {
  const refusal = useSyncExternalStore(key.subscribe, key.refusal);
  const [dismissed, setDismissed] = useState<string | null>(null);
  const [value, setValue] = useState("");

  function submit(event: SyntheticEvent) {
    event.preventDefault();
    if (value.trim() === "") return;
    setDismissed(null);
    key.use(value);
    setValue("");
  }

  return (
    <LazyDialog
      open={refusal !== null && dismissed !== refusal}
      onClose={() => {
        setDismissed(refusal);
      }}
      title="This gateway takes an API key"
    >
      <form onSubmit={submit} className={styles.form}>
        {refusal !== null && refusal !== "" && (
          <p role="alert" className={styles.refused}>
            The key was refused: {refusal}.
          </p>
        )}
        <TextField
          label="API key"
          type="password"
          autoComplete="off"
          value={value}
          onChange={event => {
            setValue(event.target.value);
          }}
        />
        <p className="muted">It is kept for this tab only, and is sent to this gateway alone.</p>
        <p>
          <Button type="submit" look="primary">
            Use key
          </Button>
        </p>
      </form>
    </LazyDialog>
  );
}
