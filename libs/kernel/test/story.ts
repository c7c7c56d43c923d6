import { createHash } from 'node:crypto';
import type { Entry, Spine, Superiors } from '../src/entry.ts';
import type { EventHash, TierCode } from '../src/names.ts';
import type { Ordering } from '../src/register-order.ts';
import type { Mandate, Term } from '../src/term.ts';

export const city = '431000' as TierCode;
export const county = '431021' as TierCode;
export const township = '431021106' as TierCode;
export const neighbour = '431021107' as TierCode;

export const superiors: Superiors = {
  [city]: [],
  [county]: [city],
  [township]: [county, city],
  [neighbour]: [county, city],
};

export const sha256 = (...parts: readonly Uint8Array[]): Uint8Array => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};

export const hashOf = (name: string): EventHash =>
  createHash('sha256').update(name).digest('hex') as EventHash;

export const mandate = (tier: TierCode, department = 'planning'): Mandate => ({ tier, department });

export const term = (text: string): Term => {
  const [takeovers = 0, transfers = 0] = text.split('.').map(Number);
  return { takeovers, transfers };
};

type Details = Partial<Pick<Entry, 'epoch' | 'sequence' | 'height' | 'hash'>> & {
  readonly under?: Mandate;
};

/** Writes the events of a case one by one, numbers and heights filled in as an honest author would. */
export const story = () => {
  const entries: Entry[] = [];
  const names = new Map<EventHash, string>();

  const write = (
    name: string,
    tier: TierCode,
    after: readonly Entry[],
    inTerm: string,
    spine: Spine | undefined,
    { epoch = 0, sequence, height, hash = hashOf(name) }: Details = {},
  ): Entry => {
    const own = entries.filter((entry) => entry.tier === tier && entry.epoch === epoch);
    const entry: Entry = {
      hash,
      tier,
      epoch,
      sequence: sequence ?? 1 + Math.max(0, ...own.map((entry) => entry.sequence)),
      parents: after.map(({ hash }) => hash),
      height: height ?? 1 + Math.max(0, ...after.map((parent) => parent.height)),
      term: term(inTerm),
      ...(spine && { spine }),
    };
    entries.push(entry);
    names.set(hash, name);
    return entry;
  };

  return {
    entries: entries as readonly Entry[],
    opened: (name: string, tier: TierCode, lead: Mandate, after: readonly Entry[] = [], details?: Details) =>
      write(name, tier, after, '0.0', { kind: 'opened', lead, superiors }, details),
    fact: (name: string, tier: TierCode, after: readonly Entry[], details?: Details) =>
      write(name, tier, after, '0.0', undefined, details),
    act: (name: string, tier: TierCode, after: readonly Entry[], inTerm: string, details?: Details) =>
      write(name, tier, after, inTerm, { kind: 'act', mandate: details?.under ?? mandate(tier) }, details),
    transferred: (
      name: string,
      tier: TierCode,
      to: Mandate,
      after: readonly Entry[],
      inTerm: string,
      details?: Details,
    ) =>
      write(
        name,
        tier,
        after,
        inTerm,
        { kind: 'transferred', mandate: details?.under ?? mandate(tier), to },
        details,
      ),
    takenOver: (name: string, tier: TierCode, after: readonly Entry[], inTerm: string, details?: Details) =>
      write(
        name,
        tier,
        after,
        inTerm,
        { kind: 'takenOver', mandate: details?.under ?? mandate(tier) },
        details,
      ),
    /** An order in the names of the story: `register | tail`, a superseded event in brackets. */
    told: ({ placed, registered }: Pick<Ordering, 'placed' | 'registered'>) => {
      const words = placed.map(({ entry, superseded }) => {
        const name = names.get(entry.hash) ?? entry.hash;
        return superseded ? `[${name}]` : name;
      });
      return `${words.slice(0, registered).join(' ')} | ${words.slice(registered).join(' ')}`.trim();
    },
  };
};
