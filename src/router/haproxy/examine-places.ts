/** Asks every HAProxy of a split what stands between it and a release. */
import { examine, type Finding } from './fitness.ts';
import type { HaproxyPlace } from './place.ts';
import type { ServerNames } from './tending.ts';

/** One that does not answer is a finding itself. */
export async function examinePlaces(
  places: readonly HaproxyPlace[],
  { backend, names }: { readonly backend: string; readonly names: ServerNames },
): Promise<readonly Finding[]> {
  const each = places.map(async (place): Promise<readonly Finding[]> => {
    const [asked, tables] = await Promise.all([place.ask(), place.question('show table')]);
    if (!asked.ok) return [{ grade: 'unfit', message: asked.error.message }];
    const found = examine({ backend, names, seen: asked.value.seen, tables: tables.ok ? tables.value : '' });
    return found.map(({ grade, message }) => ({ grade, message: `haproxy at ${place.name}: ${message}` }));
  });
  return (await Promise.all(each)).flat();
}
