/** The spec of a ReleasePolicy in a cluster: the words of a policy file, but for what lies in the cluster or is the operator's to say. */
import { z } from 'zod';
import { exactlyOne } from '../lib/config-file/exactly-one.ts';
import { laterWords } from '../lib/config-file/issue-message.ts';
import { clusterBackupWords } from './policy-backup.ts';
import { checksWords } from './policy-checks.ts';
import { clusterTraffic, objectName } from './policy-cluster-traffic.ts';
import { gatesWords } from './policy-gates.ts';
import { metricsWords } from './policy-metrics.ts';
import { inlineRules, specWords } from './policy-schema.ts';

const targetName = z.string().min(1).max(253);

/** What a policy file may say of a target itself is the operator's to say in a cluster. */
const ownTargets = {
  error: (issue: { readonly code?: string | undefined }): string | undefined =>
    issue.code === 'unrecognized_keys'
      ? "is not a policy's to say in a cluster: targets stand in the operator's settings under a name; write { to: NAME }"
      : undefined,
};

export const kubernetesRules = z
  .strictObject({
    configMap: objectName.optional().meta({ description: 'ConfigMap with a rule file under the key rules.yaml.' }),
    inline: inlineRules.optional().meta({ description: 'A rule file, as it stands.' }),
    critical: z.literal('optional').optional().meta({ description: 'Accept a set without a critical rule.' }),
  })
  .superRefine(exactlyOne(['configMap', 'inline']));

/** Of pods, the cluster's own gauges tell; what runs on this machine is none of them. */
const clusterResources = metricsWords.shape.resources.meta({
  description: 'Whose CPU, memory and disk. Default cadvisor.',
});

const { approvals, plan, confidence, judge, mode, contacts, links, tasks } = specWords.shape;

/** Metric sources, and targets of notifications, stand in the operator's settings: a policy names them. */
export const kubernetesSpec = z.strictObject(
  {
    target: z.strictObject(
      { deployment: objectName.meta({ description: 'Deployment whose template is delivered.' }) },
      laterWords('statefulSet', 'daemonSet', 'rollout'),
    ),
    traffic: clusterTraffic,
    metrics: metricsWords.extend({ resources: clusterResources }),
    rules: kubernetesRules,
    plan,
    gates: gatesWords.optional(),
    backup: clusterBackupWords.optional(),
    approvals,
    checks: checksWords.optional(),
    confidence,
    judge,
    mode,
    notify: z
      .array(
        z.strictObject(
          { to: targetName.meta({ description: "Name of a target in the operator's settings." }) },
          ownTargets,
        ),
      )
      .max(20)
      .optional(),
    contacts,
    links,
    tasks,
  },
  laterWords('track'),
);
