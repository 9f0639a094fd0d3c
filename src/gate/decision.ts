/** What the gate answers: exactly one thing to do, with a reason for machines and a sentence for people. */

export type Decision =
  | { readonly kind: 'hold'; readonly reason: string; readonly message: string; readonly rule: string | null }
  | { readonly kind: 'advance'; readonly reason: string; readonly message: string; readonly rule: null }
  | { readonly kind: 'promote'; readonly reason: string; readonly message: string; readonly rule: null }
  | { readonly kind: 'rollback'; readonly reason: string; readonly message: string; readonly rule: string | null };
