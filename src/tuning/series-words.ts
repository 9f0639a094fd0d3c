/** `input_series` understood: a name with labels, and the values of each interval. */
import type { FileError } from '../lib/config-file/file-error.ts';
import { errorAt } from '../lib/config-file/schema-errors.ts';
import type { Path } from '../lib/config-file/yaml-document.ts';
import type { YamlFile } from '../lib/config-file/yaml-file.ts';
import { failed, ok, type Result } from '../lib/result.ts';
import { parseSelector } from '../rules/selector.ts';
import type { GivenSeries } from './scenario.ts';

interface SeriesWords {
  readonly series: string;
  readonly values: readonly (number | null)[];
}

export function givenSeries(
  yaml: YamlFile,
  words: readonly SeriesWords[],
  path: Path,
): Result<readonly GivenSeries[], readonly FileError[]> {
  const read = words.map(({ series, values }, n) => {
    const named = seriesName(series);
    return named.ok
      ? ok({ ...named.value, values })
      : failed(errorAt(yaml, { path: [...path, n, 'series'] }, named.error));
  });
  const errors = read.flatMap((each) => (each.ok ? [] : [each.error]));
  return errors.length > 0 ? failed(errors) : ok(read.flatMap((each) => (each.ok ? [each.value] : [])));
}

function seriesName(text: string): Result<Pick<GivenSeries, 'metric' | 'labels'>, string> {
  const selector = parseSelector(text);
  if (!selector.ok) return selector;
  const { matchers, metric } = selector.value;
  const other = matchers.find(({ op }) => op !== '=');
  if (other !== undefined) return failed(`a series has labels with one value; ${other.label}${other.op} is a pattern`);
  return ok({ metric, labels: Object.fromEntries(matchers.map(({ label, value }) => [label, value])) });
}
