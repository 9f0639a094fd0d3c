/** Why a revision has failed: for the gate (`reason`, CamelCase) and for people. */

export interface Failure {
  readonly reason: string;
  readonly message: string;
}
