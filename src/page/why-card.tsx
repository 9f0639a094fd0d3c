/** Why it stands where it stands, in the same words as `sluice explain`. */
import { explain } from '../report/explain.ts';
import type { ReleaseView } from '../report/release-view.ts';

export const WhyCard = ({ view }: { readonly view: ReleaseView }) => {
  const { noticed, todo, why } = explain(view);
  return (
    <section class={view.attention === null ? 'card' : 'card wants'} aria-labelledby="why-title">
      <h2 id="why-title">{view.attention === null ? 'Why it is here' : 'It waits for a person'}</h2>
      <Lines lines={why} />
      {noticed.length === 0 ? null : (
        <details>
          <summary>Noticed at the start ({noticed.length})</summary>
          <Lines lines={noticed} />
        </details>
      )}
      <p class="muted small">On the command line:</p>
      {todo.map((command) => (
        <code key={command} class="command">
          {command}
        </code>
      ))}
    </section>
  );
};

const Lines = ({ lines }: { readonly lines: readonly string[] }) => (
  <ul class="plain">
    {lines.map((line) => (
      <li key={line}>{line}</li>
    ))}
  </ul>
);
