/** What a person does to give an order on the page. */
import type { Page } from 'playwright-core';

/** In the dialog that its button has opened. */
export const giveOrder = async (page: Page, name: string): Promise<void> => {
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox').fill('because');
  await dialog.getByRole('button', { name, exact: true }).click();
};

export const enterToken = async (page: Page, token: string): Promise<void> => {
  await page.getByLabel('Token').fill(token);
  await page.getByRole('button', { name: 'Use it' }).click();
};
