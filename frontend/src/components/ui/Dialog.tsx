import * as Ariakit from "@ariakit/react";
import { X } from "lucide-react";
import type { ReactNode } from "react";
import { IconButton } from "./Button";
import styles from "./Dialog.module.css";

interface DialogProps {
  open: boolean;
  onClose: () => void;
  title: string;
  children: ReactNode;
  /** False: it stays until it is answered. */
  closable?: boolean;
}

/** A window above the page, which keeps the focus until it is closed and then gives it back. */
export function Dialog({ open, onClose, title, children, closable = true }: DialogProps) {
  return (
    <Ariakit.Dialog
      open={open}
      onClose={onClose}
      unmountOnHide
      hideOnInteractOutside={closable}
      hideOnEscape={closable}
      className={styles.dialog}
      backdrop={<div className={styles.backdrop} />}
    >
      <header className={styles.header}>
        <Ariakit.DialogHeading>{title}</Ariakit.DialogHeading>
        {closable && <IconButton label="Close" icon={X} onClick={onClose} />}
      </header>
      {children}
    </Ariakit.Dialog>
  );
}
