/** The lab that runs, for commands that need one. */
import { labFolder } from '../folder.ts';
import { type LabState, stateOf } from '../state.ts';

export function runningLab(folder: string = labFolder()): LabState {
  const state = stateOf(folder);
  if (state === null) throw new Error('no lab runs; start one with: npm run lab');
  return state;
}
