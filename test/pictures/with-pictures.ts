/** A page with its pictures put in anew: each stands, four spaces in, between `<!-- picture NAME -->` and `<!-- end -->`. Pure. */

/** Throws when the page has no place for one of them. */
export const withPictures = (page: string, pictures: Readonly<Record<string, string>>): string =>
  Object.entries(pictures).reduce((text, [name, picture]) => {
    const [before, rest] = split(text, `<!-- picture ${name} -->\n`);
    const [, after] = split(rest, '<!-- end -->');
    const lines = picture.split('\n').map((line) => (line === '' ? '' : `    ${line}`));
    return `${before}<!-- picture ${name} -->\n\n${lines.join('\n')}\n\n<!-- end -->${after}`;
  }, page);

const split = (text: string, mark: string): readonly [string, string] => {
  const at = text.indexOf(mark);
  if (at < 0) throw new Error(`the page has no ${mark.trim()}`);
  return [text.slice(0, at), text.slice(at + mark.length)];
};
