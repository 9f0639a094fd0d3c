/** A scenario file as zod reads it; what its words mean together is decided afterwards. */
import { z } from 'zod';
import { duration } from '../lib/config-file/duration-schema.ts';
import { exactlyOne } from '../lib/config-file/exactly-one.ts';
import { plainText, span } from '../release/policy-fields.ts';
import { confidence, judgeWords } from '../release/policy-judge.ts';
import { planWords } from '../release/policy-plan.ts';
import { inlineRules } from '../release/policy-schema.ts';
import { resourcePresets } from '../rules/presets.ts';
import { requestPresets } from '../rules/request-metrics.ts';
import { eventWords } from './event-words.ts';
import { expectWords, outcomeWords } from './expect-words.ts';
import { columnWords, recordingWords } from './recording/recording-words.ts';
import { trafficWords } from './traffic-words.ts';

const series = z.strictObject({
  series: z.string().max(1000).meta({ description: 'Name and labels: http_requests_total{code="200"}.' }),
  values: columnWords.meta({ description: "promtool's notation: 0+25x40, 1 2 3, 5x3, _, _x5, stale." }),
});

/** What a scenario may say, and a file for all of its scenarios. */
const setting = {
  plan: planWords.optional().meta({ description: 'As in a policy. Default: 25 % 10m, 50 % 15m, 100 % 30m.' }),
  confidence: confidence.optional(),
  judge: judgeWords.optional(),
  mode: z.enum(['enforce', 'advise', 'observe']).optional(),
  interval: duration({ minMs: 250, maxMs: 300_000 })
    .optional()
    .meta({ description: 'How often the metrics are looked at, and the time between two samples. Default 15s.' }),
  replicas: z.int().min(1).max(1000).optional().meta({ description: 'Instances of stable. Default 4.' }),
  readyAfter: z
    .union([span, z.array(span).min(1).max(50)])
    .optional()
    .meta({
      description:
        "How long the canary's instances take to be ready. A list: those started for each step of the plan in turn; its last word holds for all further steps. Default 0s.",
    }),
};

const scenario = z
  .strictObject({
    name: z.string().min(1).max(200),
    description: z.string().max(1000).optional(),
    ...setting,
    traffic: trafficWords.optional().meta({ description: 'Made-up traffic, split by the weight.' }),
    input_series: z
      .strictObject({
        canary: z.array(series).max(200).optional(),
        stable: z.array(series).max(200).optional(),
        neither: z
          .array(series)
          .max(50)
          .optional()
          .meta({ description: 'Alerts that carry the labels of neither version: ALERTS{alertname="..."}.' }),
      })
      .optional()
      .meta({ description: 'What is scraped of each version, one value an interval.' }),
    recording: recordingWords.optional().meta({ description: 'What a real release read: written by --record.' }),
    events: z.array(eventWords).max(200).optional(),
    expect: z.array(expectWords).max(500).optional(),
    outcome: outcomeWords.optional(),
    until: span.optional().meta({ description: 'Ends then. Default: when all that is expected has been seen.' }),
  })
  .superRefine(exactlyOne(['traffic', 'input_series', 'recording']))
  .refine(({ expect, outcome }) => outcome !== undefined || (expect?.length ?? 0) > 0, {
    error: 'expects nothing; give it an outcome, or a list of what to expect',
  });

export type ScenarioWords = z.output<typeof scenario>;

export const scenarioFileWords = z.strictObject({
  rules: z
    .strictObject({
      file: plainText.optional().meta({ description: "Path of a rule file, from this file's folder." }),
      inline: inlineRules.optional(),
    })
    .superRefine(exactlyOne(['file', 'inline'])),
  preset: z.enum(requestPresets).optional().meta({ description: 'Whose counters the rules mean. Default app.' }),
  resources: z.enum(resourcePresets).optional().meta({ description: 'Whose CPU, memory and disk. Default host.' }),
  compression: z.number().min(1).max(3_600).optional().meta({
    description: 'Every duration of plan, rules and judge is divided by it, as by sluice run --compress. Default 1.',
  }),
  ...setting,
  scenarios: z.array(scenario).min(1).max(200),
});

export type ScenarioFileWords = z.output<typeof scenarioFileWords>;
