/** What a thrown value says: errors at the edge are `unknown`. */
export const messageOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown));
