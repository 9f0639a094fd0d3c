/** A policy file as zod reads it: the words of every part; what they mean together is decided afterwards. */
import { z } from 'zod';
import { exactlyOne } from '../lib/config-file/exactly-one.ts';
import { laterWords } from '../lib/config-file/issue-message.ts';
import { approvalsWords, checkName } from './policy-approvals.ts';
import { backupWords } from './policy-backup.ts';
import { checksWords } from './policy-checks.ts';
import { contactsWords } from './policy-contacts.ts';
import { plainText } from './policy-fields.ts';
import { gatesWords } from './policy-gates.ts';
import { confidence, judgeWords } from './policy-judge.ts';
import { linksWords } from './policy-links.ts';
import { metricsWords } from './policy-metrics.ts';
import { notifyWords } from './policy-notify.ts';
import { planWords } from './policy-plan.ts';
import { sourcesWords } from './policy-sources.ts';
import { targetWords } from './policy-target.ts';
import { tasksWords } from './policy-tasks.ts';
import { trafficWords } from './policy-traffic.ts';

const apiVersion = 'sluice.dev/v1alpha1';
const policyKind = 'ReleasePolicy';

/** Read by the rules' own schema; here only that it stands there. */
export const inlineRules = z.record(z.string(), z.unknown());

const rulesWords = z
  .strictObject(
    {
      file: plainText.optional().meta({ description: "Path of a rule file, from this file's folder." }),
      inline: inlineRules.optional(),
      critical: z.literal('optional').optional().meta({ description: 'Accept a set without a critical rule.' }),
    },
    laterWords('configMap'),
  )
  .superRefine(exactlyOne(['file', 'inline']));

export const specWords = z.strictObject({
  target: targetWords,
  traffic: trafficWords,
  sources: sourcesWords,
  metrics: metricsWords,
  rules: rulesWords,
  plan: planWords.optional(),
  confidence: confidence.optional(),
  judge: judgeWords.optional(),
  mode: z.enum(['enforce', 'advise', 'observe']).optional().meta({
    description: 'enforce (default), advise: ask before each rise and rollback, observe: only judge.',
  }),
  gates: gatesWords.optional(),
  backup: backupWords.optional(),
  approvals: approvalsWords.optional(),
  checks: checksWords.optional(),
  tasks: tasksWords.optional(),
  notify: notifyWords.optional(),
  contacts: contactsWords.optional(),
  links: linksWords.optional(),
});

export type SpecWords = z.output<typeof specWords>;

export const policyWords = z.strictObject({
  apiVersion: z.literal(apiVersion),
  kind: z.literal(policyKind),
  metadata: z.strictObject({ name: checkName, namespace: checkName.optional() }),
  spec: specWords,
});

export type PolicyWords = z.output<typeof policyWords>;
