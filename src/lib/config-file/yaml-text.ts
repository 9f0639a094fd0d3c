/** YAML text to plain data or mistakes, in this thread: bounded, but not interruptible. */
import { parseDocument, type YAMLError } from 'yaml';
import { lineMap, startOfFile } from './line-map.ts';
import type { YamlAnswer, YamlMistake } from './yaml-document.ts';
import { scanYaml } from './yaml-scan.ts';
import { plainData } from './yaml-tree.ts';

/** One slip often makes many complaints; the first few tell. */
const maxSyntaxErrors = 5;

const sentence = (error: YAMLError): string => {
  if (error.code === 'MULTIPLE_DOCS') return 'a second document starts here; one file holds one document';
  return `not valid YAML: ${error.message.split('\n')[0] ?? ''}`;
};

const mistakes = (...all: readonly YamlMistake[]): YamlAnswer => ({ kind: 'mistakes', mistakes: all });

export const readYamlText = (text: string): YamlAnswer => {
  const refused = scanYaml(text);
  if (refused !== null) return mistakes(refused);
  const at = lineMap(text);
  // Keys are compared in yaml-tree.ts: the library's own look is quadratic, minutes for a hostile file.
  const document = parseDocument(text, {
    uniqueKeys: false,
    prettyErrors: false,
    resolveKnownTags: false,
    version: '1.2',
    schema: 'core',
    // Anything more silent would leave out that a second document follows.
    logLevel: 'error',
  });
  if (document.errors.length > 0) {
    const first = document.errors.slice(0, maxSyntaxErrors);
    return mistakes(...first.map((error) => ({ at: at(error.pos[0]), message: sentence(error) })));
  }
  if (document.contents === null) return mistakes({ at: startOfFile, message: 'the file is empty' });
  return plainData(document, at);
};
