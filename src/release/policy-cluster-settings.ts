/** The operator's settings: what is his to say, and policies of the cluster only name: metric sources, addresses of hooks, and targets of notifications. */
import { z } from 'zod';
import type { FileError } from '../lib/config-file/file-error.ts';
import { checkPart } from '../lib/config-file/schema-errors.ts';
import type { Source } from '../lib/config-file/source-text.ts';
import { parseYaml } from '../lib/config-file/yaml-file.ts';
import type { Result } from '../lib/result.ts';
import { hooksWords } from './policy-hook-servers.ts';
import { targetWords } from './policy-notify.ts';
import { sourcesWords } from './policy-sources.ts';

export const settingsWords = z.strictObject({
  sources: sourcesWords.meta({ description: 'Metric sources by the names that policies call them.' }),
  hooks: hooksWords
    .optional()
    .meta({ description: 'Addresses that checks and gates ask, by the names that policies call them.' }),
  signingSecrets: z.array(z.string().min(1).max(253)).max(100).optional().meta({
    description: "Secrets of the policies' namespace whose keys may sign what is sent to hooks. Default: none.",
  }),
  notify: z
    .record(z.string().min(1).max(253), targetWords)
    .optional()
    .meta({ description: 'Targets of notifications by the names that policies call them.' }),
});

export type ClusterSettings = z.output<typeof settingsWords>;

/** The settings of a file's content, or all mistakes in it. Never rejects. */
export async function parseClusterSettings(
  source: Source,
  file: string,
): Promise<Result<ClusterSettings, readonly FileError[]>> {
  const yaml = await parseYaml(source, file);
  if (!yaml.ok) return yaml;
  return checkPart(yaml.value, { schema: settingsWords, data: yaml.value.document.data, path: [] });
}
