/** The line of a release's log that says that no trends of it are recorded any more, and why: it stands there once. */
export const trendEnded = 'TrendEnded';
