import { Search } from "lucide-react";
import { useEffect, useId, useRef, useState, type ComponentPropsWithRef, type ReactNode } from "react";
import styles from "./Field.module.css";

interface TextFieldProps extends ComponentPropsWithRef<"input"> {
  label: string;
}

export function TextField({ label, ...rest }: TextFieldProps) {
  const id = useId();
  return (
    <div className={styles.field}>
      <label htmlFor={id}>{label}</label>
      <input {...rest} id={id} className={styles.input} spellCheck={false} />
    </div>
  );
}

interface SearchFieldProps {
  label: string;
  value: string;
  /** Told a moment after the last letter. */
  onSearch: (value: string) => void;
  placeholder?: string;
}

const PAUSE_MS = 250;

export function SearchField({ label, value, onSearch, placeholder }: SearchFieldProps) {
  const [typed, setTyped] = useState(value);
  const [known, setKnown] = useState(value);
  const pause = useRef<ReturnType<typeof setTimeout>>(undefined);
  if (known !== value) {
    // Changed from outside, by the history or a link.
    setKnown(value);
    setTyped(value);
  }
  useEffect(
    () => () => {
      clearTimeout(pause.current);
    },
    [],
  );
  return (
    <div className={styles.search}>
      <Search size={15} strokeWidth={1.75} aria-hidden="true" />
      <input
        type="search"
        aria-label={label}
        data-search=""
        placeholder={placeholder ?? label}
        className={styles.input}
        value={typed}
        spellCheck={false}
        onChange={event => {
          const next = event.target.value;
          setTyped(next);
          clearTimeout(pause.current);
          pause.current = setTimeout(() => {
            setKnown(next);
            onSearch(next);
          }, PAUSE_MS);
        }}
      />
    </div>
  );
}

interface SelectProps<T extends string> {
  label: string;
  value: T | "";
  /** The first one is what it is without a choice. */
  any: string;
  options: readonly { value: T; name?: ReactNode }[];
  onChange: (value: T | undefined) => void;
}

export function Select<T extends string>({ label, value, any, options, onChange }: SelectProps<T>) {
  return (
    <select
      aria-label={label}
      className={styles.select}
      value={value}
      data-set={value !== "" || undefined}
      onChange={event => {
        onChange(options.find(option => option.value === event.target.value)?.value);
      }}
    >
      <option value="">{any}</option>
      {options.map(option => (
        <option key={option.value} value={option.value}>
          {option.name ?? option.value}
        </option>
      ))}
    </select>
  );
}
