import type { LucideIcon } from "lucide-react";
import type { ComponentPropsWithRef } from "react";
import styles from "./Button.module.css";

interface ButtonProps extends ComponentPropsWithRef<"button"> {
  /** primary: the one thing that a page is for; quiet: without a border. */
  look?: "primary" | "plain" | "quiet";
  icon?: LucideIcon;
  /** What it does is under way. */
  busy?: boolean;
}

export function Button({
  look = "plain",
  icon: Icon,
  busy = false,
  className,
  children,
  ...rest
}: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      className={[styles.button, styles[look], className].filter(Boolean).join(" ")}
      aria-busy={busy || undefined}
    >
      {busy ? (
        <span className={styles.spinner} aria-hidden="true" />
      ) : (
        Icon && <Icon size={15} strokeWidth={1.75} aria-hidden="true" />
      )}
      {children}
    </button>
  );
}

interface IconButtonProps extends Omit<ComponentPropsWithRef<"button">, "children"> {
  label: string;
  icon: LucideIcon;
}

/** A button whose name is a picture, and is told to those who do not see it. */
export function IconButton({ label, icon: Icon, ...rest }: IconButtonProps) {
  return (
    <button type="button" {...rest} className={styles.icon} aria-label={label} title={label}>
      <Icon size={16} strokeWidth={1.75} aria-hidden="true" />
    </button>
  );
}
