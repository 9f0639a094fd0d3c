/** When a certificate that users are shown is due to be renewed. */

/** Time left below which people are told. */
export const renewalDueMs = 14 * 86_400_000;
