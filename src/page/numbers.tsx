/** Names and values side by side, each pair kept together. */

interface NumbersProps {
  readonly rows: readonly (readonly [name: string, value: string])[];
}

export const Numbers = ({ rows }: NumbersProps) => (
  <dl class="numbers">
    {rows.map(([name, value]) => (
      <div key={name}>
        <dt>{name}</dt>
        <dd>{value}</dd>
      </div>
    ))}
  </dl>
);
