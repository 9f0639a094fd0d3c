/** Text from files, metric sources and other people, as it can be written to a terminal: shown, never obeyed. */

/** Control characters, line separators, and the marks that turn the direction of what follows: all that is not for the eye. */
const unseen = /[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g;

/** The same, where line breaks and tabs are meant. */
const unseenInText = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

const instead = '\ufffd';

/** One line: a line break in it is shown as a mark, too. */
export const shown = (line: string): string => line.replace(unseen, instead);

/** Several lines: their breaks and tabs stay. */
export const shownText = (text: string): string => text.replace(unseenInText, instead);
