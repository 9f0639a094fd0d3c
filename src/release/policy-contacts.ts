/** `contacts`: whom to call, in three tiers; each has an address, or the policy is refused. */
import { z } from 'zod';
import { describeFound } from '../lib/config-file/describe-found.ts';
import type { Issue } from '../lib/config-file/issue-message.ts';
import { isMap } from '../lib/config-file/sound-parts.ts';
import { didYouMean } from '../lib/nearest.ts';
import { type Contact, type Contacts, tiers } from './contacts.ts';
import { plainText } from './policy-fields.ts';

/** As a mail server takes it, and as no header can be broken out of. */
const address = /^[^\s@<>"',;]{1,64}@[^\s@<>"',;]{1,190}$/;

export const mailAddress = z.string().refine((text) => address.test(text), {
  error: ({ input }) => `${describeFound(input)} is no e-mail address`,
});

const mailbox = /^(?:([^<>\r\n]{1,200}?)\s*)?<([^<>]+)>$/;

/** `Eve Moser <eve@example.com>`, or the address alone; null: there is none in it. */
const mailboxOf = (text: string): Contact | null => {
  const [, name, inside] = mailbox.exec(text) ?? [];
  const email = inside ?? text;
  return address.test(email) ? { name: name || email, email, phone: null, target: null } : null;
};

const byText = z.string().transform((text, context) => {
  const contact = mailboxOf(text);
  if (contact !== null) return contact;
  const message = `${describeFound(text)} has no address; write "NAME <NAME@example.com>", or a map with email, phone or target`;
  context.addIssue({ code: 'custom', message, input: text });
  return z.NEVER;
});

const byWords = z
  .strictObject({
    name: plainText,
    email: mailAddress.optional(),
    phone: z
      .string()
      .regex(/^\+?[0-9][0-9 ()/-]{2,30}$/, 'is no telephone number; write +43 1 2345678')
      .optional(),
    target: plainText
      .optional()
      .meta({ description: 'Name of a target of notifications: it hears what this tier is called for.' }),
  })
  .refine(({ email, phone, target }) => email !== undefined || phone !== undefined || target !== undefined, {
    error: 'has no address; give it email, phone or target',
  })
  .transform(
    ({ name, email, phone, target }): Contact => ({
      ...{ name, email: email ?? null, phone: phone ?? null, target: target ?? null },
    }),
  );

const people = z.array(z.union([byText, byWords])).max(50);

export const contactsWords = z.strictObject({
  primary: people.optional().meta({ description: 'Called by every page.' }),
  secondary: people.optional().meta({ description: 'Called when nobody answered within answerWithin.' }),
  vendors: people.optional().meta({ description: 'Called when nobody answered within twice that.' }),
});

export const contactsFrom = (words: z.output<typeof contactsWords>): Contacts => ({
  primary: words.primary ?? [],
  secondary: words.secondary ?? [],
  vendors: words.vendors ?? [],
});

/** Contacts whose target is none of those there are, with the path inside `contacts`. */
export function strayTargets(contacts: unknown, known: readonly string[]): readonly Pick<Issue, 'path' | 'message'>[] {
  if (!isMap(contacts)) return [];
  const list = known.length === 0 ? 'no target at all' : known.join(', ');
  return tiers.flatMap((tier) => {
    const given = contacts[tier];
    return (Array.isArray(given) ? given : []).flatMap((contact: unknown, index) => {
      const target = isMap(contact) ? contact['target'] : undefined;
      if (typeof target !== 'string' || known.includes(target)) return [];
      const message = `target "${target}" is none of the targets under notify; there is ${list}${didYouMean(target, known)}`;
      return [{ path: [tier, index, 'target'], message }];
    });
  });
}
