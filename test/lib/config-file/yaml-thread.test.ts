/** The parser's thread: ended when it is too slow, and there again for the next text. */
import { expect, test } from 'vitest';
import type { YamlAnswer } from '../../../src/lib/config-file/yaml-document.ts';
import { parseInThread } from '../../../src/lib/config-file/yaml-thread.ts';

const said = (answer: YamlAnswer): unknown =>
  answer.kind === 'document' ? answer.document.data : answer.mistakes.map(({ message }) => message);

/** Takes some hundred milliseconds: a quarter of a million empty lines. */
const slow = `a: 1${'\n'.repeat(250_000)}`;

test('a text that takes too long is refused, and the next one is read', async () => {
  expect(said(await parseInThread(slow, 5))).toEqual(['not parsed within 5ms; it is too complex']);
  expect(said(await parseInThread('a: 1'))).toEqual({ a: 1 });
});

test('texts that are read at the same time do not mix', async () => {
  const texts = Array.from({ length: 6 }, (_, index) => `n: ${index}`);
  expect((await Promise.all(texts.map((text) => parseInThread(text)))).map(said)).toEqual(
    texts.map((_, index) => ({ n: index })),
  );
});

test('one after the other, through the same thread and through a new one', async () => {
  for (let index = 0; index < 3; index += 1) expect(said(await parseInThread(`n: ${index}`))).toEqual({ n: index });
  await new Promise((resolve) => setTimeout(resolve, 1_200));
  expect(said(await parseInThread('n: 4'))).toEqual({ n: 4 });
});

test('a hundred texts at once are read by two threads', async () => {
  let started = 0;
  const count = (): void => {
    started += 1;
  };
  process.on('worker', count);
  const texts = Array.from({ length: 100 }, (_, index) => `n: ${index}`);
  const answers = await Promise.all(texts.map((text) => parseInThread(text)));
  process.off('worker', count);
  expect(answers.map(said)).toEqual(texts.map((_, index) => ({ n: index })));
  expect(started).toBeLessThanOrEqual(2);
});
