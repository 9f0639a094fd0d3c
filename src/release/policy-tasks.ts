/** `tasks`: what people do after a release, kept as a checklist in its report. */
import { z } from 'zod';
import { checkName, noneTwice } from './policy-approvals.ts';
import { plainText } from './policy-fields.ts';
import { defaultTasks, type Task } from './task.ts';

const task = z.strictObject({
  name: checkName.meta({ description: 'Ticked by `sluice attest RELEASE NAME --pass`.' }),
  what: plainText.optional().meta({ description: 'A sentence for people.' }),
});

export const tasksWords = z
  .array(task)
  .max(50)
  .superRefine(noneTwice)
  .meta({ description: "What people do afterwards. Default: the usual runbook's; [] for none." });

export const tasksFrom = (words: z.output<typeof tasksWords> | undefined): readonly Task[] =>
  words?.map(({ name, what }) => ({ name, what: what ?? usual(name) })) ?? defaultTasks;

const usual = (name: string): string => defaultTasks.find((each) => each.name === name)?.what ?? name;
