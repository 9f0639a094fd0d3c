/** Whether the page's charts have been drawn: a canvas is empty for a while after its place is there. */
import type { Page } from 'playwright-core';

/** Lines that a legend names and its chart does not show. */
export const undrawn = (page: Page): Promise<readonly string[]> =>
  page.evaluate(`[...document.querySelectorAll('.plot')].flatMap((plot) => {
    const canvas = plot.querySelector('canvas');
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    const colours = new Map();
    for (let at = 0; at < data.length; at += 4) {
      const colour = 'rgb(' + data[at] + ', ' + data[at + 1] + ', ' + data[at + 2] + ')';
      if (data[at + 3] === 255) colours.set(colour, 1 + (colours.get(colour) ?? 0));
    }
    return [...plot.querySelectorAll('.swatch line')]
      .map((line) => getComputedStyle(line).stroke)
      .filter((stroke) => (colours.get(stroke) ?? 0) < 20);
  })`);
