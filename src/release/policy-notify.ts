/** `notify`: whom notices go to, by service. */
import { z } from 'zod';
import { exactlyOne } from '../lib/config-file/exactly-one.ts';
import { laterWords } from '../lib/config-file/issue-message.ts';
import { isMap } from '../lib/config-file/sound-parts.ts';
import { templateProblem } from './notice-words.ts';
import type { NotifyService, NotifyTarget } from './notify-target.ts';
import { plainText } from './policy-fields.ts';
import { serviceFrom } from './policy-notify-from.ts';
import { services } from './policy-notify-services.ts';

const serviceNames = Object.keys(services) as (keyof typeof services)[];

const template = z
  .string()
  .max(4000)
  .superRefine((text, context) => {
    const message = templateProblem(text);
    if (message !== null) context.addIssue({ code: 'custom', message, input: text });
  });

const common = {
  hears: z.enum(['pages', 'all']).optional().meta({
    description:
      'pages: what somebody must act on, and its end; all: news, too. Default: pages for pagerduty, alertmanager and email, else all.',
  }),
  title: template.optional().meta({ description: 'Heading of each notice, with {{placeholders}}. Default {{title}}.' }),
  body: template.optional().meta({ description: 'Text of each notice. Default {{text}}.' }),
};

const later = laterWords('opsgenie', 'mattermost', 'matrix', 'telegram', 'sms');

/** A target as an operator's settings hold it under its name. */
export const targetWords = z.strictObject({ ...common, ...services }, later).superRefine(exactlyOne(serviceNames));

type TargetWords = z.output<typeof targetWords>;

/** A target as it stands in a policy. */
const namedTarget = z
  .strictObject(
    { name: plainText.optional().meta({ description: 'Default: the name of the service.' }), ...common, ...services },
    later,
  )
  .superRefine(exactlyOne(serviceNames));

const nameOf = (words: unknown): string => {
  if (!isMap(words)) return '';
  const { name } = words;
  return typeof name === 'string' ? name : (serviceNames.find((service) => words[service] !== undefined) ?? '');
};

/** Of all targets in a list, as they are or are not; contacts name them. */
export const targetNames = (notify: unknown): readonly string[] => [
  ...new Set(Array.isArray(notify) ? notify.map(nameOf).filter((name) => name !== '') : []),
];

export const notifyWords = z
  .array(namedTarget)
  .max(20)
  .superRefine((given, context) => {
    const names = given.map(nameOf);
    const twice = names.findIndex((name, index) => names.indexOf(name) < index);
    if (twice < 0) return;
    const message = `two targets are called ${names[twice]}; give each a name of its own`;
    context.addIssue({ code: 'custom', message, path: [twice], input: given });
  });

const pageServices: ReadonlySet<NotifyService['kind']> = new Set(['pagerduty', 'alertmanager', 'email']);

/** `folder`: where the file is that its secrets' paths start at. */
export function targetFrom(name: string, words: TargetWords, folder: string): NotifyTarget {
  const service = serviceFrom(words, folder);
  return {
    name,
    hears: words.hears ?? (pageServices.has(service.kind) ? 'pages' : 'all'),
    template: { title: words.title ?? null, body: words.body ?? null },
    service,
  };
}

export const targetsFrom = (words: z.output<typeof notifyWords>, folder: string): readonly NotifyTarget[] =>
  words.map((each) => targetFrom(nameOf(each), each, folder));
