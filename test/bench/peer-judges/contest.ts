/** Runs of one situation at one traffic: the same series before every judge. */
import type { Ending } from '../../simulate/ending.ts';
import type { Batch } from '../../simulate/on-all-cores.ts';
import { seeded, seedOf } from '../../simulate/random.ts';
import { draw } from './course.ts';
import { judges, type Situation, situations, traffics } from './field.ts';

/** One ending a judge, in the order of `judges`. */
export type Endings = readonly Ending[];

export const contestName = ({ name }: Situation, total: number): string => `${name}, ${total} req/s`;

const contests = situations.flatMap((situation) =>
  traffics.map((total) => ({ name: contestName(situation, total), situation, total })),
);

export const runContests = ({ name, seed, from, to }: Batch): readonly Endings[] => {
  const contest = contests.find((each) => each.name === name);
  if (contest === undefined) throw new Error(`no contest ${name}`);
  const { situation, total } = contest;
  return Array.from({ length: to - from }, (_, i) => {
    const course = draw(seeded(seedOf(name, seed, from + i)), { ...situation.service, total });
    return judges.map((judge) => judge.run(course, situation.phi));
  });
};
