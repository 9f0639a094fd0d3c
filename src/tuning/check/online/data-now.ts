/** Whether a rule's query gives data now, for each version that is known; where it does not, why. */
import { failed, ok, type Result } from '../../../lib/result.ts';
import { armExists } from '../../../metrics/matching.ts';
import type { MetricSource } from '../../../metrics/metric-source.ts';
import type { ArmMatch, ArmPair, Series } from '../../../metrics/series.ts';
import { armStandIn } from '../../../rules/expression.ts';
import { renderExpression, renderSelector } from '../../../rules/promql.ts';
import { atWord, type Finding, insideWord, type Level, type RuleSubject } from '../finding.ts';
import { ask, countIn, type Questions, seriesIn } from './ask.ts';
import { type Wanted, wantedOf } from './wanted.ts';
import { whyEmpty } from './why-empty.ts';

/** A version to look for; `any`: it is not known how to tell them apart. */
export interface Side {
  readonly name: 'canary' | 'stable' | 'any';
  readonly arm: ArmMatch;
}

export const sidesOf = ({ canary, stable }: ArmPair): readonly Side[] => {
  const known = [
    { name: 'canary' as const, arm: canary },
    { name: 'stable' as const, arm: stable },
  ].filter(({ arm }) => armExists(arm));
  return known.length > 0 ? known : [{ name: 'any', arm: {} }];
};

const at = (
  subject: RuleSubject,
  { word, offset }: Wanted,
  saying: Pick<Finding, 'level' | 'check' | 'message'>,
): Finding => (offset === null ? atWord(subject, word, saying) : insideWord(subject, word, { ...saying, offset }));

const forWhom = ({ name }: Side): string => (name === 'any' ? '' : ` for the ${name} version`);

/** Levels that nothing measures do not apply; counts that nothing measures refuse the release. */
const levelOf = ({ rule }: RuleSubject): Level => {
  const isLevel = rule.sli.kind === 'gauge' || rule.sli.kind === 'expression';
  return isLevel || rule.missing === 'ignore' ? 'warning' : 'error';
};

const questionsOf = (wanted: readonly Wanted[], sides: readonly Side[]): Questions =>
  Object.fromEntries(
    wanted.flatMap(({ selector }, index) =>
      sides.map((side) => [`${side.name} ${index}`, `count(${renderSelector(selector, side.arm)})`]),
    ),
  );

const emptyFinding = async (
  subject: RuleSubject,
  source: MetricSource,
  { wanted, side }: { readonly wanted: Wanted; readonly side: Side },
): Promise<Result<readonly Finding[], string>> => {
  const depth = wanted.need === 'series' ? 'values' : 'labels';
  const why = await whyEmpty(source, { selector: wanted.selector, arm: side.arm, depth });
  if (!why.ok) return why;
  if (why.value === null) return ok([]);
  const message = `no data now${forWhom(side)}: ${why.value.text}`;
  const level = why.value.mayCome ? 'warning' : levelOf(subject);
  return ok([at(subject, wanted, { level, check: 'NoData', message })]);
};

export const dataNow = async (
  subject: RuleSubject,
  source: MetricSource,
  sides: readonly Side[],
): Promise<Result<readonly Finding[], string>> => {
  const wanted = wantedOf(subject);
  const counted = await ask(source, questionsOf(wanted, sides));
  if (!counted.ok) return counted;
  const findings: Finding[] = [];
  for (const [index, each] of wanted.entries()) {
    for (const side of sides) {
      if (countIn(counted.value, `${side.name} ${index}`) > 0) continue;
      const told = await emptyFinding(subject, source, { wanted: each, side });
      if (!told.ok) return told;
      findings.push(...told.value);
    }
  }
  if (subject.rule.sli.kind !== 'expression' || findings.length > 0) return ok(unique(findings));
  return computed(subject, source, { sides, promql: subject.rule.sli.promql });
};

const version = / for the (canary|stable) version/;

/** What holds for both versions is said once, and of neither. */
const unique = (findings: readonly Finding[]): readonly Finding[] => {
  const alike = ({ line, col, message }: Finding): string => `${line}:${col} ${message.replace(version, '')}`;
  return [...Map.groupBy(findings, alike).values()].flatMap((same) => {
    const [first] = same;
    if (first === undefined) return [];
    const isOfBoth = new Set(same.map(({ message }) => message)).size > 1;
    return [isOfBoth ? { ...first, message: first.message.replace(version, '') } : first];
  });
};

interface Computed {
  readonly sides: readonly Side[];
  readonly promql: string;
}

const computed = async (
  subject: RuleSubject,
  source: MetricSource,
  { sides, promql }: Computed,
): Promise<Result<readonly Finding[], string>> => {
  const rendered = ({ name, arm }: Side): string =>
    name === 'any' ? promql.replaceAll('$arm', armStandIn) : renderExpression(promql, arm);
  const asked = await ask(source, Object.fromEntries(sides.map((side) => [side.name, rendered(side)])));
  if (!asked.ok) return failed(asked.error);
  return ok(
    sides.flatMap((side) => {
      const answer = asked.value[side.name];
      const message = answer?.ok === false ? answer.error : computedProblem(seriesIn(asked.value, side.name), side);
      return message === null
        ? []
        : [
            atWord(subject, ['query'], {
              level: answer?.ok === false ? 'error' : levelOf(subject),
              check: 'NoData',
              message,
            }),
          ];
    }),
  );
};

const computedProblem = (series: readonly Series[], side: Side): string | null => {
  if (series.length === 0) return `the query gives nothing now${forWhom(side)}, although its selectors match`;
  const telling = [...Object.keys(side.arm), 'instance', 'pod'];
  const names = new Set(series.map(({ labels }) => telling.map((label) => labels[label] ?? '').join('\n')));
  if (names.size === series.length) return null;
  return `the query gives ${series.length} series where one for each instance is due; let it keep one of the labels ${telling.join(', ')}, and no other`;
};
