/** What a write changes in an object, field by field. */
import { isMap } from '../../lib/config-file/sound-parts.ts';

export interface FieldChange {
  /** JSON pointer. */
  readonly path: string;
  /** Left out: it was not there, or is not there any more. */
  readonly from?: unknown;
  readonly to?: unknown;
}

/** What the server keeps for itself, and what every write of a controller is stamped with. */
const ofServer =
  /^\/(status|metadata\/(managedFields|resourceVersion|generation|uid|creationTimestamp|annotations\/sluice\.dev~1(epoch|stamp)))(\/|$)/;

/** `before`: null where it is made. */
export function fieldChanges(before: object | null, after: object | null): readonly FieldChange[] {
  const [was, is] = [fieldsOf(before ?? {}), fieldsOf(after ?? {})];
  const paths = [...new Set([...was.keys(), ...is.keys()])].filter((path) => !ofServer.test(path));
  return paths.flatMap((path) => {
    const [from, to] = [was.get(path), is.get(path)];
    if (JSON.stringify(from) === JSON.stringify(to)) return [];
    return [{ path, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) }];
  });
}

/** Leaves by pointer; what is empty is a leaf, too. */
function fieldsOf(value: unknown, at = ''): ReadonlyMap<string, unknown> {
  const entries = Array.isArray(value)
    ? value.map((item, index): readonly [string, unknown] => [String(index), item])
    : isMap(value)
      ? Object.entries(value)
      : [];
  if (entries.length === 0) return new Map(at === '' ? [] : [[at, value]]);
  return new Map(
    entries.flatMap(([key, item]) => [...fieldsOf(item, `${at}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`)]),
  );
}
