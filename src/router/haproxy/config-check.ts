/** What haproxy.cfg says that its runtime API does not tell: by the lines of its own sections. */
import type { Finding } from '../finding.ts';

interface Line {
  readonly number: number;
  readonly words: readonly string[];
}

/** Keywords that begin a section. */
const sections = new Set([
  'global',
  'defaults',
  'frontend',
  'backend',
  'listen',
  'peers',
  'resolvers',
  'userlist',
  'cache',
]);

interface Section {
  readonly kind: string;
  readonly name: string;
  readonly lines: readonly Line[];
}

/** Mistakes for a release in the sections that concern this backend. `file`: as it is called in messages. */
export function checkConfig(
  text: string,
  { file, backend }: { readonly file: string; readonly backend: string },
): readonly Finding[] {
  const all = sectionsOf(text);
  const own = all.find(({ kind, name }) => (kind === 'backend' || kind === 'listen') && name === backend);
  if (own === undefined)
    return [
      {
        grade: 'unfit',
        message: `${file} has no backend ${backend}`,
        fix: 'name it in traffic.haproxy.backend as this file does',
      },
    ];
  const concerned = [...all.filter(({ kind }) => kind === 'global' || kind === 'defaults'), own];
  return concerned.flatMap((section) => section.lines.flatMap((line) => remarks(line, file)));
}

function remarks({ number, words }: Line, file: string): readonly Finding[] {
  const at = `${file}:${number}`;
  const [first = '', second = ''] = words;
  const found = (grade: Finding['grade'], message: string, fix: string): readonly Finding[] => [
    { grade, message: `${at} ${message}`, fix },
  ];
  if (first === 'load-server-state-from-file' && second !== 'none')
    return found(
      'beware',
      'brings back the weights of when the state file was saved, also those of a canary that was taken back since',
      'take it out; Sluice gives every weight anew after a reload',
    );
  if (first === 'stick' && ['on', 'match', 'store-request', 'store-response'].includes(second))
    return found(
      'beware',
      "keeps clients on the server they had, so that the canary's share is that of new clients",
      'expect it, or take it out; nobody stays at 0',
    );
  if (first === 'use-server' || first === 'force-persist' || (first === 'option' && second === 'persist'))
    return found(
      'unfit',
      `${[first, second].join(' ').trim()} sends requests to a server past its weight`,
      'take it out',
    );
  if (words.includes('agent-check') && ['server', 'server-template', 'default-server'].includes(first))
    return found('unfit', 'agent-check lets an agent change the weights, too', 'take it out');
  return [];
}

function sectionsOf(text: string): readonly Section[] {
  const found: { kind: string; name: string; lines: Line[] }[] = [];
  for (const [index, raw] of text.split('\n').entries()) {
    const words = raw
      .replace(/(^|\s)#.*$/, '')
      .trim()
      .split(/\s+/)
      .filter((word) => word !== '');
    const [first] = words;
    if (first === undefined) continue;
    if (sections.has(first)) found.push({ kind: first, name: words[1] ?? '', lines: [] });
    else found.at(-1)?.lines.push({ number: index + 1, words });
  }
  return found;
}
