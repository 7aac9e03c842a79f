import * as Ariakit from "@ariakit/react";
import type { ReactNode } from "react";
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
  /** The link of the row, put around its first cell: `<Link to=...>`, without content. Arrow keys go from one to the next. */
  link?: (row: Row) => React.ReactElement;
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
              <tr key={rowKey(row)} data-linked={link !== undefined || undefined}>
                {columns.map((column, index) => (
                  <td key={column.name} className={classOf(column)}>
                    {index === 0 && link ? (
                      <Ariakit.CompositeItem render={link(row)} className={styles.link}>
                        {column.cell(row)}
                      </Ariakit.CompositeItem>
                    ) : (
                      column.cell(row)
                    )}
                  </td>
                ))}
              </tr>
            ))}
          </Ariakit.Composite>
        </table>
      </div>
    </Ariakit.CompositeProvider>
  );
}

function classOf<Row>({ numeric, wide }: Column<Row>): string {
  return [numeric && styles.numeric, wide && styles.wide].filter(Boolean).join(" ");
}
