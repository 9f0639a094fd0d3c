/** What the page shows, as the part of its address behind the `#`: links can be kept, sent and opened again. */

export type Route =
  | { readonly kind: 'list' }
  | { readonly kind: 'release'; readonly id: string }
  /** `against`: the release that the others are compared with; null: the newest. */
  | { readonly kind: 'history'; readonly policy: string; readonly against: string | null }
  | { readonly kind: 'rules' | 'records'; readonly policy: string };

const list: Route = { kind: 'list' };

/** Whatever it can't make sense of is the list. */
export const routeOf = (hash: string): Route => {
  const [kind = '', name = '', against = null] = hash
    .replace(/^#?\/?/, '')
    .split('/')
    .map(decoded);
  if (name === '') return list;
  switch (kind) {
    case 'release':
      return { kind, id: name };
    case 'history':
      return { kind, policy: name, against: against === '' ? null : against };
    case 'rules':
    case 'records':
      return { kind, policy: name };
    default:
      return list;
  }
};

export const hashOf = (route: Route): string => {
  switch (route.kind) {
    case 'list':
      return '#/';
    case 'release':
      return `#/release/${encodeURIComponent(route.id)}`;
    case 'history':
      return `#/history/${[route.policy, ...(route.against === null ? [] : [route.against])].map(encodeURIComponent).join('/')}`;
    case 'rules':
    case 'records':
      return `#/${route.kind}/${encodeURIComponent(route.policy)}`;
  }
};

/** A `%` that encodes nothing is a name that nobody has. */
const decoded = (part: string): string => {
  try {
    return decodeURIComponent(part);
  } catch {
    return '';
  }
};
