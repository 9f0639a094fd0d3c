/** What stands between a data plane and a release, found before one starts. */
export interface Finding {
  /** `unfit`: no release may start. `beware`: it works, but not as one may expect. */
  readonly grade: 'unfit' | 'beware';
  /** What is so, and where. */
  readonly message: string;
  /** What to do about it. */
  readonly fix: string;
}

export const findingText = ({ message, fix }: Finding): string => `${message}: ${fix}`;
