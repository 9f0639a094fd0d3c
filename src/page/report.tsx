/** The deployment report: read as Markdown, copied, or saved in each of its forms. */
import { useState } from 'preact/hooks';
import type { ReleaseView } from '../report/release-view.ts';
import type { Answer } from './api.ts';
import { useSession } from './session.ts';

/** Names of the files, and what each is called. */
const forms = [
  ['html', 'html', 'Save as HTML, with plots'],
  ['markdown', 'md', 'Save as Markdown'],
  ['json', 'json', 'Save as JSON'],
] as const;

export const Report = ({ view }: { readonly view: ReleaseView }) => {
  const { fetched, said, setSaid } = useReport(view);
  const [text, setText] = useState<string | null>(null);
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text ?? '');
      setSaid('Copied.');
    } catch {
      setSaid('The browser does not let the page copy: select the text.');
    }
  };
  return (
    <details class="card" onToggle={({ currentTarget: { open } }) => void (open && fetched('markdown').then(setText))}>
      <summary>
        <h2>Report</h2>
      </summary>
      <p class="buttons">
        <button type="button" onClick={() => void copy()}>
          Copy as Markdown
        </button>
        {forms.map(([format, ending, words]) => (
          <button
            key={format}
            type="button"
            onClick={() =>
              void fetched(format).then(
                // Without one, why is said already.
                (content) => content !== null && setSaid(savedAs(`${view.id}.${ending}`, content)),
              )
            }
          >
            {words}
          </button>
        ))}
        <span role="status">{said}</span>
      </p>
      <pre tabIndex={0}>{text ?? 'Reading the report ...'}</pre>
    </details>
  );
};

interface Fetching {
  /** The report in one of its forms; null: there is none. */
  readonly fetched: (format: string) => Promise<string | null>;
  readonly said: string;
  readonly setSaid: (said: string) => void;
}

const useReport = ({ id }: ReleaseView): Fetching => {
  const { api, store } = useSession();
  const [said, setSaid] = useState('');
  const fetched = async (format: string): Promise<string | null> => {
    const answer: Answer<string> = await api.text(`releases/${encodeURIComponent(id)}/report?format=${format}`);
    if (answer.ok) return answer.value;
    if (answer.error.status === 401) store.unauthorized();
    else setSaid(`There is no report: ${answer.error.message}`);
    return null;
  };
  return { fetched, said, setSaid };
};

/** The browser asks for no permission to save what the page has read already. */
const savedAs = (name: string, content: string): string => {
  const address = URL.createObjectURL(new Blob([content]));
  Object.assign(document.createElement('a'), { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
  return `Saved as ${name}.`;
};
