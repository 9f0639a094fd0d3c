/** What the keys of `sluice watch` do, and how to read its screen. */
import { fit, wrap } from '../render/fit.ts';

const keys: readonly (readonly [string, string])[] = [
  ['p', 'pause: the weight stays where it is, no bake is earned; a critical breach still rolls back'],
  ['r', 'resume: lifts a pause, takes a weight lowered by hand for answered, answers open investigations'],
  ['a', 'abort: all traffic back to stable; asks for a reason, and once more before it is done'],
  ['d', 'detail: the evidence of each rule, and the whole decision log; arrows and page keys move it'],
  ['?', 'this help'],
  ['q', 'leave; so does Ctrl-C. The release goes on without you'],
];

const reading: readonly string[] = [
  'weight: desired is what was decided, applied what the router says it has, observed what the requests showed.',
  'WHAT IT WOULD TAKE: events that, if they came now, would change the verdict; [===...]: evidence, full convicts.',
  'verdict*: the rule only advises. Exit code: 0 promoted, 1 rolled back or failed, 130 left before the end.',
];

export const helpLines = (width: number): readonly string[] => [
  'KEYS',
  ...keys.flatMap(([key, does]) =>
    wrap(does, Math.max(1, width - 4)).map((line, row) => fit(`${row === 0 ? key : ' '}   ${line}`, width)),
  ),
  '',
  'THE SCREEN',
  ...reading.flatMap((sentence) => wrap(sentence, width, '  ')),
];
