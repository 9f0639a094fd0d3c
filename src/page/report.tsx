/** The deployment report as Markdown, to be read, copied or saved. */
import { useState } from 'preact/hooks';
import type { LogEntry } from '../release/log.ts';
import type { ReleaseView } from '../report/release-view.ts';
import { summary } from '../report/summary.ts';

export const Report = ({ log, view }: { readonly view: ReleaseView; readonly log: readonly LogEntry[] }) => {
  const [copied, setCopied] = useState('');
  const text = summary(view, log);
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied('Copied.');
    } catch {
      setCopied('The browser does not let the page copy: select the text.');
    }
  };
  return (
    <details class="card">
      <summary>
        <h2>Report</h2>
      </summary>
      <p>
        <button type="button" onClick={() => void copy()}>
          Copy as Markdown
        </button>{' '}
        <span role="status">{copied}</span>
      </p>
      <pre tabIndex={0}>{text}</pre>
    </details>
  );
};
