/** Which rule file a recorded scenario names: the one that the release was judged by, where it is here and says the same. */
import { dirname, relative, resolve } from 'node:path';
import { readConfigFile } from '../../lib/config-file/read-file.ts';
import type { Recording } from '../../release/recording.ts';
import { resourcePresets } from '../../rules/presets.ts';
import { requestPresets } from '../../rules/request-metrics.ts';
import { parseRules } from '../../rules/rule-file.ts';
import type { PresetChoice } from '../../rules/sli-choice.ts';
import { measuredHash } from '../../tuning/recording/measured-hash.ts';

export interface RulesWanted {
  /** File that was asked for; null: the release's own. */
  readonly file: string | null;
  /** Where the scenario is written: paths begin at its folder. */
  readonly scenario: string;
}

export interface RulesFound {
  /** Words of the scenario file; null: the rules stand in it. */
  readonly words: object | null;
  readonly remark: string;
}

const choices: readonly PresetChoice[] = requestPresets.flatMap((preset) =>
  resourcePresets.map((resources) => ({ preset, resources })),
);

/** Never rejects. */
export async function rulesOfRecording({ rules }: Recording, { file, scenario }: RulesWanted): Promise<RulesFound> {
  const path = resolve(file ?? rules.file);
  const bytes = await readConfigFile(path);
  const inScenario = { words: null, remark: 'Its rules stand in the scenario itself' };
  if (!bytes.ok && file === null) return { ...inScenario, remark: `${inScenario.remark}: ${rules.file} is not here` };
  let sameMeasures: PresetChoice | null = null;
  for (const choice of bytes.ok ? choices : []) {
    const parsed = await parseRules(bytes.ok ? bytes.value : '', { file: path, noCritical: 'accepted', ...choice });
    if (!parsed.ok) continue;
    const named = { words: wordsOf(path, scenario, choice), remark: `Its rules are those of ${file ?? rules.file}` };
    if (parsed.value.hash === rules.hash) return named;
    const isSame = parsed.value.rules.every((rule) => {
      const before = rules.rules.find(({ name }) => name === rule.name);
      return before === undefined || measuredHash(before) === measuredHash(rule);
    });
    if (isSame) sameMeasures ??= choice;
  }
  if (file === null) return { ...inScenario, remark: `${inScenario.remark}: ${rules.file} has changed since` };
  const words = wordsOf(path, scenario, sameMeasures ?? { preset: 'app', resources: 'host' });
  return {
    words,
    remark: `${file} is not what the release was judged by: what it would have done is what the run shows`,
  };
}

const wordsOf = (path: string, scenario: string, { preset, resources }: PresetChoice): object => ({
  rules: { file: relative(dirname(resolve(scenario)), path) },
  ...(preset === 'app' ? {} : { preset }),
  ...(resources === 'host' ? {} : { resources }),
});
