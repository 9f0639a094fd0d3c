/** What every process of a lab carries in its environment, so that what is left of it can be found. */

export const marks = (folder: string): Readonly<Record<string, string>> => {
  const { SLUICE_RUN: run } = process.env;
  return { SLUICE_LAB: folder, ...(run === undefined ? {} : { SLUICE_RUN: run }) };
};
