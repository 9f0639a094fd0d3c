/** What HAProxy says against a command, in its plain text, and what to do about it. */

const advice: readonly (readonly [RegExp, string])[] = [
  [
    /static LB algorithm/i,
    'its balance algorithm takes no weights while it runs; use `balance roundrobin`, `random` or `leastconn`',
  ],
  [/permission denied/i, 'its socket may only look; give it `level admin`'],
  [/no such proxy|(no such|can't find|unknown) backend/i, 'name it in traffic.haproxy.backend as haproxy.cfg does'],
  [/no such server/i, 'name the servers in traffic.haproxy as haproxy.cfg does'],
  [/unknown command/i, 'it is too old, or no runtime API of HAProxy'],
  [/^HTTP\//, 'that is a port for users or metrics; name the one of `stats socket ... level admin`'],
];

/** Lines in which HAProxy only confirms. */
const confirmation = /^(no need to change|IP changed|port changed|\s*$)/;
/** Said in the place of what was to be shown. */
const nothingToShow = /^(Can't find backend|No such proxy)/;

/** The first objection in an output; null: none. What HAProxy shows of itself begins with its name. */
export function refusalIn(output: string): string | null {
  const lines = output.split('\n');
  const shown = lines.findIndex((line) => line.startsWith('Name: '));
  const said = lines.slice(0, shown < 0 ? lines.length : shown).filter((line) => !confirmation.test(line));
  const objection = said[0] ?? lines.find((line) => nothingToShow.test(line));
  if (objection === undefined) return null;
  const [, help] = advice.find(([pattern]) => pattern.test(objection)) ?? [];
  const words = `it says "${objection.trim()}"`;
  return help === undefined ? words : `${words}: ${help}`;
}
