/** `links`: addresses that people may open, shown with what is told of a release. */
import { z } from 'zod';
import { describeFound } from '../lib/config-file/describe-found.ts';
import { linkWords, templateProblem } from './notice-words.ts';
import type { Links } from './notify-target.ts';

const link = z
  .string()
  .max(500)
  .superRefine((text, context) => {
    const url = URL.canParse(text) ? new URL(text) : null;
    const isWeb = url?.protocol === 'http:' || url?.protocol === 'https:';
    const message =
      url === null || !isWeb
        ? `${describeFound(text)} is not an http or https address`
        : url.username !== '' || url.password !== ''
          ? 'holds credentials; it is shown to people'
          : templateProblem(text, linkWords);
    if (message !== null) context.addIssue({ code: 'custom', message, input: text });
  });

export const linksWords = z
  .strictObject({
    page: link.optional().meta({
      description: 'Where people see this release. Example: https://sluice.example.com/#/releases/{{release}}',
    }),
    dashboard: link.optional(),
    runbook: link.optional().meta({ description: 'What to do, where a rule has no runbook of its own.' }),
  })
  .meta({ description: 'Addresses shown with notices; {{policy}}, {{revision}} and {{release}} stand for names.' });

export const linksFrom = (words: z.output<typeof linksWords> | undefined): Links => ({
  page: words?.page ?? null,
  dashboard: words?.dashboard ?? null,
  runbook: words?.runbook ?? null,
});
