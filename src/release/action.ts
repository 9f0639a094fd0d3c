/** The one thing to do next so that the world becomes what a release desires; absolute, and safe to repeat. */
import type { Backend } from '../workload/workload.ts';

export type Action =
  /** Run this many instances of a revision. */
  | { readonly kind: 'scale'; readonly revision: string; readonly replicas: number }
  /** Make a backend send to a revision's instances. */
  | { readonly kind: 'serve'; readonly backend: Backend; readonly revision: string | null }
  /** Write the canary's percentage. `latch`: this write also says that the release was taken back. */
  | { readonly kind: 'weight'; readonly canary: number; readonly latch: boolean }
  /** End what is still open on a canary that gets no new requests. */
  | { readonly kind: 'closeStreams' };
