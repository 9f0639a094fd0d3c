import { expect, it } from 'vitest';
import { broadcast } from '../../src/wiring/broadcast.ts';

it('tells all who listen, until they stop', () => {
  const heard: string[] = [];
  const { listen, tell } = broadcast<string>(() => {});
  listen((event) => void heard.push(`a ${event}`));
  const stop = listen((event) => void heard.push(`b ${event}`));
  tell('one');
  stop();
  tell('two');
  expect(heard).toEqual(['a one', 'b one', 'a two']);
});

it('one that throws keeps nothing from the others', () => {
  const [heard, thrown]: [string[], unknown[]] = [[], []];
  const { listen, tell } = broadcast<string>((error) => void thrown.push(error));
  const trouble = new Error('planted');
  listen(() => {
    throw trouble;
  });
  listen((event) => void heard.push(event));
  tell('one');
  expect([heard, thrown]).toEqual([['one'], [trouble]]);
});
