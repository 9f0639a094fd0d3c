/** Whom to call, tier after tier: each with at least one address. */

export interface Contact {
  readonly name: string;
  readonly email: string | null;
  readonly phone: string | null;
  /** Name of a target of notifications that is this person's, or this team's; null: none. */
  readonly target: string | null;
}

/** In the order in which they are called. */
export const tiers = ['primary', 'secondary', 'vendors'] as const;

export type Tier = (typeof tiers)[number];

export type Contacts = Readonly<Record<Tier, readonly Contact[]>>;

/** `Eve Moser <eve@example.com>, +43 1 234`. */
export const contactText = ({ name, email, phone }: Contact): string => {
  const mailed = email === null ? name : name === email ? email : `${name} <${email}>`;
  return phone === null ? mailed : `${mailed}, ${phone}`;
};
