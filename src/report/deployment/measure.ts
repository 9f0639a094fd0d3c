/** One measure of a release's success. */
export interface Measure {
  readonly what: string;
  readonly state: 'met' | 'missed' | 'notMeasured';
  /** The number, or why there is none. */
  readonly said: string;
}
