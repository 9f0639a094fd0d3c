/** The title of the window or tab: what is open, and how it stands, readable while another tab is in front. */
import { phaseWords } from '../report/explain.ts';
import type { Route } from './route.ts';
import type { State } from './state.ts';

export const pageTitle = (route: Route, { releases }: Pick<State, 'releases'>): string =>
  [...placeOf(route, releases), 'Sluice'].join(' · ');

const placeOf = (route: Route, releases: State['releases']): readonly string[] => {
  switch (route.kind) {
    case 'list': {
      const waiting = [...(releases?.values() ?? [])].filter(({ attention, ended }) => attention !== null && !ended);
      return waiting.length === 0 ? [] : [`${waiting.length} waiting`];
    }
    case 'release': {
      const view = releases?.get(route.id);
      return view === undefined ? [route.id] : [`${view.policy} ${view.revision}: ${phaseWords[view.phase]}`];
    }
    case 'history':
      return [`History of ${route.policy}`];
    case 'rules':
      return [`Rules of ${route.policy}`];
    case 'records':
      return [`Records of ${route.policy}`];
  }
};
