/** A person's order to go without a gate: with a reason, by whom the policy lets, until the first traffic. */
import { failed, ok, type Problem, type Result } from '../lib/result.ts';
import { isClosed } from './gate-demand.ts';
import type { Change } from './log.ts';
import { noReason, type OverrideWord, overrideCheck } from './override-check.ts';
import type { Release } from './release.ts';
import { notAllowed } from './who-may.ts';

/** Of a gate, or of a check. Fails with `UnknownGate`, `GateUsed`, `NotAsked`, `Ended`, `ReasonMissing`, `NotIdentified` or `NotAllowed`. Same release, no log: it had been said. */
export function override(release: Release, word: OverrideWord): Result<Change<Release>> {
  const gate = release.gates.find(({ demand }) => demand.name === word.gate);
  const check = release.checks.find(({ demand }) => demand.name === word.gate);
  if (check !== undefined) return overrideCheck(release, check, word);
  if (gate === undefined) return failed(unknown(release, word));
  const { atMs, reason, who } = word;
  const refused =
    refusal(release, word) ??
    notAllowed(gate.demand.overrideBy, { ...word, what: `gate ${word.gate} may be overridden` });
  if (refused !== null) return failed(refused);
  if (gate.override !== null) return ok({ release, log: [] });
  const gates = release.gates.map((each) => (each === gate ? { ...each, override: { who, reason, atMs } } : each));
  const message = `${who}: goes without gate ${word.gate} (${gate.seen.evidence}), "${reason}"`;
  const data = { who, reason, gate: word.gate, state: gate.seen.state };
  const log = [{ atMs, kind: 'action', reason: 'GateOverridden', message, data }] as const;
  return ok({ release: unlessWaiting({ ...release, gates }), log });
}

/** What was answered is waited for no more: whoever looks before the next pass must not be asked again. */
const unlessWaiting = (release: Release): Release =>
  release.waiting?.reason === 'GateFailed' && !release.gates.some(isClosed) ? { ...release, waiting: null } : release;

const problem = (reason: string, message: string): Problem => ({ reason, message, retryable: false });

function unknown({ checks, gates, id }: Release, { gate }: OverrideWord): Problem {
  const names = [...gates, ...checks].map(({ demand }) => demand.name).join(', ');
  return problem(
    'UnknownGate',
    `${id} has no gate or check "${gate}": ${names === '' ? 'its policy has none' : `it has ${names}`}`,
  );
}

const refusal = ({ id, phase }: Release, word: OverrideWord): Problem | null =>
  phase.phase === 'preparing'
    ? noReason(word)
    : problem('GateUsed', `${id} is ${phase.phase}: its gates were before its first traffic`);
