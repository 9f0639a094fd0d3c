/** Entry of the parser's thread: says `ready`, then answers each text with plain data, until it is ended from outside. */
import { parentPort } from 'node:worker_threads';
import { messageOf } from '../message-of.ts';
import type { YamlAnswer } from './yaml-document.ts';
import { readYamlText } from './yaml-text.ts';

const answer = (text: string): YamlAnswer => {
  try {
    return readYamlText(text);
  } catch (error) {
    const why = messageOf(error);
    return {
      kind: 'mistakes',
      mistakes: [{ at: { line: 1, col: 1 }, message: `the YAML could not be parsed: ${why}` }],
    };
  }
};

parentPort?.on('message', (text: string) => parentPort?.postMessage(answer(text)));
parentPort?.postMessage('ready');
