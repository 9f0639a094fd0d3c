/** A table that scrolls sideways in its own frame, which the keyboard reaches, where it is wider than the page. */
import type { ComponentChildren } from 'preact';

interface TableProps {
  /** What it is a table of, for those who can't see it. */
  readonly label: string;
  /** A head that is only spoken is given as an element. */
  readonly heads: readonly ComponentChildren[];
  /** Its rows: `tr` elements, each beginning with a `th`. */
  readonly children: ComponentChildren;
}

export const Table = ({ children, heads, label }: TableProps) => (
  <div class="scroll" tabIndex={0} role="region" aria-label={label}>
    <table>
      <thead>
        <tr>
          {heads.map((head, at) => (
            <th key={at} scope="col">
              {head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>{children}</tbody>
    </table>
  </div>
);
