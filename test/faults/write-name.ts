/** What a write is for, in words that are the same in every run: names that are made anew in each run read alike. */
import { isMap } from '../../src/lib/config-file/sound-parts.ts';

/** Without what is made anew in each run. */
export const plainPath = (path: string): string =>
  path.replace(/faults-[a-z0-9]+/g, 'NS').replace(/app-[a-z0-9]{6,}(-[a-z0-9]+)*/g, 'app-REV');

/** `body`: JSON, '' where there is none. */
export function writeName(method: string, path: string, body: string): string {
  const place = plainPath(path).split('/').slice(-3).join('/');
  return [method, place, ...detailsOf(body === '' ? null : (JSON.parse(body) as unknown))].join(' ');
}

/** Phase and newest line of a release's log; values of a JSON patch that are numbers; how many replicas. */
function detailsOf(body: unknown): readonly string[] {
  if (Array.isArray(body)) return body.flatMap(({ value }) => (typeof value === 'number' ? [String(value)] : []));
  if (!isMap(body)) return [];
  const { spec, status } = body;
  const replicas = isMap(spec) && typeof spec['replicas'] === 'number' ? [`x ${spec['replicas']}`] : [];
  return isMap(status) ? [...replicas, ...stageOf(status)] : replicas;
}

function stageOf({ phase, log }: Readonly<Record<string, unknown>>): readonly string[] {
  const newest: unknown = Array.isArray(log) ? log.at(-1) : null;
  const reason = isMap(newest) ? newest['reason'] : null;
  return [phase, reason].filter((word) => typeof word === 'string');
}
