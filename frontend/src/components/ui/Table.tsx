import * as Ariakit from "@ariakit/react";
import type { ReactElement, ReactNode } from "react";
import styles from "./Table.module.css";

export interface Column<Row> {
  name: string;
  cell: (row: Row) => ReactNode;
  /** Aligned to its end, as numbers are. */
  numeric?: boolean;
  /** Left out on a phone. */
  wide?: boolean;
}

interface TableProps<Row> {
  /** What the table lists, for readers of screens. */
  label: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  rowKey: (row: Row) => string;
  /** The link of the row, put around its first cell: `<Link to=...>`, without content; null: it has none. */
  link?: (row: Row) => ReactElement | null;
}

/** Rows of facts. Where rows have links, one tab stop leads into the table and arrow keys lead through it. */
export function Table<Row>({ label, columns, rows, rowKey, link }: TableProps<Row>) {
  return (
    <Ariakit.CompositeProvider orientation="vertical">
      <div className={styles.scroll}>
        <table className={styles.table} aria-label={label}>
          <thead>
            <tr>
              {columns.map(column => (
                <th key={column.name} scope="col" className={classOf(column)}>
                  {column.name}
                </th>
              ))}
            </tr>
          </thead>
          <Ariakit.Composite render={<tbody />} role={undefined}>
            {rows.map(row => (
              <Line key={rowKey(row)} row={row} columns={columns} link={link?.(row) ?? null} />
            ))}
          </Ariakit.Composite>
        </table>
      </div>
    </Ariakit.CompositeProvider>
  );
}

interface LineProps<Row> {
  row: Row;
  columns: readonly Column<Row>[];
  link: ReactElement | null;
}

function Line<Row>({ row, columns, link }: LineProps<Row>) {
  return (
    <tr data-linked={link !== null || undefined}>
      {columns.map((column, index) => (
        <td key={column.name} className={classOf(column)}>
          {index === 0 && link ? (
            <Ariakit.CompositeItem render={link} className={styles.link}>
              {column.cell(row)}
            </Ariakit.CompositeItem>
          ) : (
            column.cell(row)
          )}
        </td>
      ))}
    </tr>
  );
}

function classOf<Row>({ numeric, wide }: Column<Row>): string {
  return [numeric && styles.numeric, wide && styles.wide].filter(Boolean).join(" ");
}
