/** The scenarios of a file's text; a mistake in it fails the test. */
import { formatFileError } from '../../src/lib/config-file/file-error.ts';
import type { Scenario } from '../../src/tuning/scenario.ts';
import { parseScenarios } from '../../src/tuning/scenario-parse.ts';

export async function scenariosOf(text: string, file = 'scenarios.yaml'): Promise<readonly Scenario[]> {
  const parsed = await parseScenarios(text, file);
  if (!parsed.ok) throw new Error(parsed.error.map(formatFileError).join('\n'));
  return parsed.value;
}

/** One scenario on one critical rule of 1 %, its own words in place of `...`. */
export const oneScenario = async (words: string): Promise<Scenario> => {
  const [scenario] = await scenariosOf(`
rules: { inline: { error_rate: { threshold: 1%, window: 5m, alert: critical } } }
judge: { dispersion: 1 }
plan: { steps: [{ weight: 50, bake: 5m }, { weight: 100, bake: 5m }], watchFor: 10m }
scenarios:
  - name: it
${words.replaceAll(/^/gm, '    ')}
`);
  if (scenario === undefined) throw new Error('no scenario');
  return scenario;
};
