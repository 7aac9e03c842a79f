import { useId, type ReactNode } from "react";
import styles from "./Segmented.module.css";

interface Option<T extends string> {
  value: T;
  name: string;
  /** Instead of the name, where a picture says it. */
  content?: ReactNode;
}

interface SegmentedProps<T extends string> {
  label: string;
  value: T;
  options: readonly Option<T>[];
  onChange: (value: T) => void;
}

/** One of a few, all of which are in sight: a group of radio buttons, and so moved through by the arrow keys. */
export function Segmented<T extends string>({ label, value, options, onChange }: SegmentedProps<T>) {
  const group = useId();
  return (
    <div role="radiogroup" aria-label={label} className={styles.group}>
      {options.map(option => (
        <label key={option.value} className={styles.option} title={option.content ? option.name : undefined}>
          <input
            type="radio"
            className="sr-only"
            name={group}
            aria-label={option.name}
            checked={option.value === value}
            onChange={() => {
              onChange(option.value);
            }}
          />
          <span aria-hidden="true">{option.content ?? option.name}</span>
        </label>
      ))}
    </div>
  );
}
