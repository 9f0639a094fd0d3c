/** Light, dark, or as the system has it: the choice is kept for the next visit. */

export type Theme = 'system' | 'light' | 'dark';

export const themes: readonly Theme[] = ['system', 'light', 'dark'];

const key = 'sluice.theme';

export const keptTheme = (): Theme => themes.find((theme) => theme === localStorage.getItem(key)) ?? 'system';

export const setTheme = (theme: Theme): void => {
  localStorage.setItem(key, theme);
  document.documentElement.dataset['theme'] = theme;
  document.dispatchEvent(new Event(themeChanged));
};

/** On the document, for what is painted on a canvas. */
export const themeChanged = 'sluice-theme';
