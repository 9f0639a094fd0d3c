/** What a picture of the page looks like from afar: brightness and contrast of its cells, so that two can be compared whose letters differ a little. */
import type { Page } from 'playwright-core';

/** Rows of cells. Contrast: mean distance from the cell's own brightness. Both 0 to 255. */
export type Look = readonly (readonly { readonly brightness: number; readonly contrast: number }[])[];

/** As tall and wide as a word. */
const cellPx = 10;

/** Further apart than another font, or the compression of the picture, brings about. */
const apart = { brightness: 20, contrast: 10 } as const;

/** A word that stands a little elsewhere is still there. */
const reach = 2;

/** Of a wide picture a third, of a narrow one a half: small, and still to be looked at. */
const widthOf = (width: number): number => (width > 800 ? 480 : 180);

/** In the browser `page` is in, which decodes pictures: a small JPEG of a screenshot. */
export const shrunk = async (page: Page, png: Buffer, width: number): Promise<Buffer> => {
  const url: string = await page.evaluate(`(async () => {
    const image = new Image();
    image.src = 'data:image/png;base64,${png.toString('base64')}';
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = ${widthOf(width)};
    canvas.height = Math.round((image.height * canvas.width) / image.width);
    const context = canvas.getContext('2d');
    context.imageSmoothingQuality = 'high';
    context.drawImage(image, 0, 0, canvas.width, canvas.height);
    return canvas.toDataURL('image/jpeg', 0.5);
  })()`);
  return Buffer.from(url.split(',')[1] ?? '', 'base64');
};

/** Of a JPEG. */
export const lookOf = (page: Page, jpeg: Buffer): Promise<Look> =>
  page.evaluate(`(async () => {
    const image = new Image();
    image.src = 'data:image/jpeg;base64,${jpeg.toString('base64')}';
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = image.width;
    canvas.height = image.height;
    const context = canvas.getContext('2d');
    context.drawImage(image, 0, 0);
    const cellAt = (x, y) => {
      const { data } = context.getImageData(x, y, ${cellPx}, ${cellPx});
      const lights = Array.from({ length: data.length / 4 }, (_, at) =>
        0.2126 * data[4 * at] + 0.7152 * data[4 * at + 1] + 0.0722 * data[4 * at + 2]);
      const mean = (numbers) => numbers.reduce((sum, each) => sum + each, 0) / numbers.length;
      const brightness = mean(lights);
      return { brightness, contrast: mean(lights.map((light) => Math.abs(light - brightness))) };
    };
    const steps = (size) => Array.from({ length: Math.floor(size / ${cellPx}) }, (_, at) => at * ${cellPx});
    return steps(canvas.height).map((y) => steps(canvas.width).map((x) => cellAt(x, y)));
  })()`);

/** Share of the cells, 0 to 1, that have nothing like them nearby in the other picture; 1 when one is larger. */
export const difference = (one: Look, other: Look): number =>
  one.length === other.length && one[0]?.length === other[0]?.length
    ? Math.max(unlike(one, other), unlike(other, one))
    : 1;

const unlike = (one: Look, other: Look): number => {
  const cells = one.flatMap((row, y) => row.map((cell, x) => ({ cell, near: near(other, x, y) })));
  const alone = cells.filter(({ cell, near }) => !near.some((each) => isLike(cell, each)));
  return alone.length / cells.length;
};

const near = (look: Look, x: number, y: number): Look[number] =>
  look.slice(Math.max(0, y - reach), y + reach + 1).flatMap((row) => row.slice(Math.max(0, x - reach), x + reach + 1));

const isLike = (one: Look[number][number], other: Look[number][number]): boolean =>
  Math.abs(one.brightness - other.brightness) <= apart.brightness &&
  Math.abs(one.contrast - other.contrast) <= apart.contrast;
