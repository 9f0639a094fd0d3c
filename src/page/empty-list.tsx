/** What to do where nothing was ever released: the exact command. */
import type { PolicySummary } from '../report/policy-summary.ts';

export const EmptyList = ({ policies }: { readonly policies: readonly PolicySummary[] }) => {
  const name = policies[0]?.name ?? 'POLICY';
  return (
    <section class="card empty">
      <h2>Nothing has been released yet</h2>
      <p>Start the first release on the command line:</p>
      <code class="command">
        sluice --server {location.origin} start {name} --revision NAME
      </code>
      <p class="muted">
        <code>sluice start --help</code> shows what may stand behind it: a command, an image, addresses.
      </p>
    </section>
  );
};
