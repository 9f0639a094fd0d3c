/** Small fields that several parts of a policy share: addresses, paths, limits of time. */
import { resolve } from 'node:path';
import { z } from 'zod';
import { describeFound } from '../lib/config-file/describe-found.ts';
import { duration } from '../lib/config-file/duration-schema.ts';

const days = (n: number): number => n * 86_400_000;

/** A span of a plan, from none up to two weeks: longer ones are mistakes, and beyond what timers hold. */
export const span = duration({ minMs: 0, maxMs: days(14) });

/** How often something is asked, and how long an answer may take. */
export const interval = duration({ minMs: 250, maxMs: 300_000 });

const asUrl = (text: string): URL | null => (URL.canParse(text) ? new URL(text) : null);

/** An http or https address without credentials, query or fragment; without the slash at its end. */
export const httpAddress = z
  .string()
  .max(500)
  .transform((text, context) => {
    const url = asUrl(text);
    const web = url?.protocol === 'http:' || url?.protocol === 'https:';
    const problem =
      url === null || !web
        ? 'is not an http or https address'
        : url.username !== '' || url.password !== ''
          ? 'holds credentials; they belong in headers or a tokenFile'
          : url.hash !== ''
            ? 'holds a fragment'
            : null;
    if (problem === null) return text.replace(/\/$/, '');
    const shown = url === null || !web ? `${describeFound(text)} ` : '';
    context.addIssue({ code: 'custom', message: `${shown}${problem}`, input: text });
    return z.NEVER;
  });

/** The path part of an address: `/healthz`. */
export const urlPath = z
  .string()
  .max(200)
  .refine((text) => /^\/[^\s#]*$/.test(text), {
    error: ({ input }) => `${describeFound(input)} is not a path that begins with /`,
  });

export const plainText = z.string().min(1).max(200);

/** Paths in a policy start at the folder of its file. */
export const fromFolder = (folder: string, path: string | undefined): string | null =>
  path === undefined ? null : resolve(folder, path);

/** Of images, as an attestation names them. */
export const digestsWords = z
  .array(z.string().regex(/^sha256:[0-9a-f]{64}$/, 'is no digest; write sha256: and 64 digits'))
  .max(30);
