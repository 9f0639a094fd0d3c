/** Limits of the code base that no linter knows: the median length of a file, and shortcuts round the types and the lint. */

export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

const medianLimit = 80;
const fileLimit = 250;

/** What no line may hold; the pattern's words are split so that this file does not find itself. */
const shortcuts: readonly { readonly pattern: RegExp; readonly message: string }[] = [
  { pattern: /\bvi\.(do)?[mM]ock\(/, message: 'mocks a module: use an in-memory adapter or the real thing' },
  { pattern: /(:|\bas|<)\s*any\b(?!\s+[a-z])/, message: 'uses `any`: name the type, or `unknown` and a check' },
  { pattern: /@ts-(ignore|nocheck|expect-error)(?!.*\s\S+\s\S+)/, message: 'silences the compiler without saying why' },
  { pattern: /eslint-disable(?!.* -- \S)/, message: 'silences the linter without ` -- why`' },
  { pattern: /\b(describe|it|test)\.only\(/, message: 'runs only itself: take out `.only`' },
  {
    pattern: /\b(describe|it|test)\.(skip|todo)\(/,
    message: 'is skipped in silence: use needs() of test/support/needs.ts',
  },
];

export const lineCount = (text: string): number => text.split('\n').length - (text.endsWith('\n') ? 1 : 0);

export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
}

/** One line a violation, `path:line message`; none: all is well. `lengths` bind the files under `src/` only. */
export function violations(files: readonly SourceFile[]): readonly string[] {
  const src = files.filter((file) => file.path.startsWith('src/'));
  const middle = median(src.map((file) => lineCount(file.text)));
  const tooLong = src
    .filter((file) => lineCount(file.text) > fileLimit)
    .map(
      (file) =>
        `${file.path}:1 has ${lineCount(file.text)} lines, more than ${fileLimit}: which idea wants a file of its own?`,
    );
  const overall = middle > medianLimit ? [`src:1 median file has ${middle} lines, more than ${medianLimit}`] : [];
  return [...overall, ...tooLong, ...files.flatMap(shortcutsIn)];
}

function shortcutsIn(file: SourceFile): readonly string[] {
  return file.text
    .split('\n')
    .flatMap((line, index) =>
      shortcuts
        .filter(({ pattern }) => pattern.test(line))
        .map(({ message }) => `${file.path}:${index + 1} ${message}`),
    );
}
