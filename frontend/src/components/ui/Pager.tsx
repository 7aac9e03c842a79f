import { ChevronLeft, ChevronRight } from "lucide-react";
import { count } from "@/text/format";
import { IconButton } from "./Button";
import styles from "./Pager.module.css";

interface PagerProps {
  /** From 1. */
  page: number;
  pages: number;
  onPage: (page: number) => void;
}

export function Pager({ page, pages, onPage }: PagerProps) {
  if (pages <= 1) return null;
  return (
    <nav className={styles.pager} aria-label="Pages of the list">
      <IconButton
        label="Previous page"
        icon={ChevronLeft}
        disabled={page <= 1}
        onClick={() => {
          onPage(page - 1);
        }}
      />
      <span>
        Page {count(page)} of {count(pages)}
      </span>
      <IconButton
        label="Next page"
        icon={ChevronRight}
        disabled={page >= pages}
        onClick={() => {
          onPage(page + 1);
        }}
      />
    </nav>
  );
}
