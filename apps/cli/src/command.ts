import type { Client } from './client.ts';
import { Complaint } from './complaint.ts';
import type { Json } from './http.ts';
import { type Addresses, tierAt, type TierAddress } from './network.ts';

export type Options = {
  readonly tier?: string | undefined;
  readonly under?: string | undefined;
  readonly at?: string | undefined;
  readonly limit?: string | undefined;
  readonly config?: string | undefined;
  readonly epoch?: string | undefined;
  readonly out?: string | undefined;
  readonly engine?: string | undefined;
  readonly service?: string | undefined;
  readonly policy?: string | undefined;
  readonly case?: string | undefined;
  readonly projection?: string | undefined;
  readonly convention?: string | undefined;
  readonly ground?: string | undefined;
  readonly field?: readonly string[] | undefined;
  readonly version?: string | undefined;
  readonly diff?: string | undefined;
  readonly texts?: string | undefined;
  readonly workers?: string | undefined;
  /** Audit services to ask. */
  readonly url?: readonly string[] | undefined;
  readonly token?: string | undefined;
  readonly network?: string | undefined;
};

/** What a command found: as JSON for programs, as text for people. `wrong` ends the program with 1. */
export type Found = { readonly json: unknown; readonly text: string; readonly wrong?: boolean };

export type Context = { readonly addresses: Addresses; readonly client: Client; readonly options: Options };

export type Command = {
  /** What follows the name: `<needed>` or `[may be left out]`. */
  readonly usage: string;
  readonly zh: string;
  readonly en: string;
} & (
  | { readonly run: (context: Context, ...args: readonly string[]) => Promise<Found> }
  /** Needs no running network. */
  | { readonly runAlone: (options: Options, ...args: readonly string[]) => Promise<Found> }
);

/** The rows of an answer that is a list. */
export const rows = (body: Json): readonly Json[] => (body['items'] ?? []) as readonly Json[];

/** Every row of a list that is given page by page. */
export const everyRow = async (
  { client }: Pick<Context, 'client'>,
  url: string,
  role: string,
  at: TierAddress,
): Promise<readonly Json[]> => {
  const all: Json[] = [];
  for (let cursor: unknown = '', from = url; cursor !== undefined;) {
    const page = await client.get(from, role, at);
    all.push(...rows(page));
    cursor = page['nextCursor'];
    from = `${url}?cursor=${String(cursor)}`;
  }
  return all;
};

/** The tiers a command asks: the one named, or all. */
export const asked = ({ addresses, options }: Context): readonly TierAddress[] =>
  options.tier === undefined ? addresses.tiers : [tierAt(addresses, options.tier)];

/** The tier a command acts at. It is never guessed. */
export const actedAt = ({ addresses, options }: Context): TierAddress => {
  if (options.tier === undefined)
    throw new Complaint('请用 --tier 指明层级\n--tier <code> must say at which tier.');
  return tierAt(addresses, options.tier);
};

/** Where the supervision of a tier answers. */
export const supervisionOf = ({ tier, supervision }: TierAddress): string => {
  if (supervision !== undefined) return supervision;
  throw new Complaint(`层级 ${tier} 没有电子监察服务\nThe supervision of ${tier} is not in this network.`);
};

/** A case id, checked here so that a slip of the pen is told before anybody is asked. */
export const caseNamed = (text: string | undefined): string => {
  if (text !== undefined && /^case-[0-9a-f]{32}$/.test(text)) return text;
  throw new Complaint(
    text === undefined
      ? '缺少办件标识，见 case list\nThe id of the case is missing: case list shows them.'
      : `${text} 不是办件标识\n${text} is no case id: it is case- and 32 hex digits, as case list shows.`,
  );
};

export const tierNamed = (text: string | undefined): string => {
  if (text !== undefined && /^(\d{6}|\d{9})$/.test(text)) return text;
  throw new Complaint(
    `${text ?? '（空）'} 不是层级代码\n${text ?? '(nothing)'} is no tier: a division code of 6 or 9 digits.`,
  );
};
