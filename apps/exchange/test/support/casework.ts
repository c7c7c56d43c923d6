import type { ItemVersion } from '@liandong/domain/catalogue';
import { expect } from '@jest/globals';
import { type Held, city, county, type ProcessNetwork, township } from './network.ts';
import { paper, threeTierItem, twoTierItem } from './items.ts';
import { until } from './until.ts';
import { tierOf } from './visitors.ts';
import type { TierCode } from '@liandong/kernel';

export const clerk = `windowClerk-${county}-02`;
export const townClerk = `windowClerk-${township}-01`;
export const townReviewer = `reviewer-${township}-01`;
export const lead = `leadCoordinator-${city}-03`;
export const waterApprover = `approver-${county}-06`;
export const ecologyApprover = `approver-${city}-05`;

/** The case as one tier shows it. */
export type Shown = {
  readonly caseId: string;
  readonly status: string;
  readonly digest: string;
  readonly revision: number;
  readonly registered: number;
  readonly obligations: readonly { readonly kind: string; readonly cause: string }[];
  readonly steps: readonly { readonly id: string; readonly status: string }[];
  readonly withoutEffect: number;
};

export const casework = (net: ProcessNetwork) => {
  /** Gives a command that must succeed. */
  const act = async (person: string, caseId: string, command: string, body: object = {}) => {
    const path = `/v1/cases/${caseId}/commands/${command}`;
    const answer = await net.post(person, path, `${command}-${person}-${caseId}`, body);
    if (answer.status !== 200)
      throw new Error(`${command} by ${person} was refused: ${JSON.stringify(answer.body)}`);
    return answer.body as { readonly revision: number; readonly repeated: boolean };
  };

  /** Waits until a tier holds the case with this status. */
  const arrived = (tier: TierCode, caseId: string, status: string) =>
    until(
      `${caseId} ${status} at ${tier}`,
      () => net.get(`auditor-${tier}`, `/v1/cases/${caseId}`),
      ({ body }) => (body as Partial<Shown>).status === status,
    );

  /** Registers an application; the same key gives the same case. */
  const open = async (person: string, { code }: ItemVersion, key: string): Promise<string> => {
    const answer = await net.post(person, '/v1/cases', `open-${key}`, {
      item: code,
      applicant: { kind: '2', creditworthy: true },
      supplied: [],
      ...(code === threeTierItem.code && { township }),
    });
    if (answer.status !== 201) throw new Error(`${person} could not open: ${JSON.stringify(answer.body)}`);
    return (answer.body as { caseId: string }).caseId;
  };

  return {
    act,
    arrived,
    open,

    /** Publishes the items on trial at the city and takes them over below. */
    publish: async (tiers: readonly TierCode[] = [county, township]) => {
      for (const version of [twoTierItem, threeTierItem]) {
        const path = `/v1/items/${version.code}`;
        const published = await net.post(
          `catalogueManager-${city}`,
          `${path}/versions`,
          `publish-${version.code}`,
          {
            verb: 'add',
            version,
          },
        );
        expect(published).toMatchObject({ status: 201 });
        const adoption = { standard: { tier: city, version: 1 }, effectiveFrom: '2020-01-01' };
        for (const tier of tiers) {
          const adopted = await until(
            `${version.code} at ${tier}`,
            () =>
              net.post(`catalogueManager-${tier}`, `${path}/adoptions`, `adopt-${version.code}`, adoption),
            ({ status }) => status !== 404,
          );
          expect(adopted).toMatchObject({ status: 201 });
        }
      }
    },

    /** From the application to the open review, held by both tiers. */
    inReview: async (person: string, item: ItemVersion, key: string): Promise<string> => {
      const caseId = await open(person, item, key);
      await act(person, caseId, 'preAccept');
      await act(person, caseId, 'accept');
      await arrived(city, caseId, 'accepted');
      await act(lead, caseId, 'openStage', { stage: 'review' });
      for (const tier of new Set([county, tierOf(person)])) await arrived(tier, caseId, 'inReview');
      return caseId;
    },

    determine: (person: string, caseId: string, step: string) =>
      act(person, caseId, 'determine', { step, result: 'agree', document: paper(7) }),
    giveOpinion: (caseId: string) =>
      act(townReviewer, caseId, 'giveOpinion', { step: 'residents', result: 'agree', document: paper(8) }),

    show: async (tier: TierCode, caseId: string): Promise<Shown> => {
      const { status, body } = await net.get(`auditor-${tier}`, `/v1/cases/${caseId}`);
      if (status !== 200) throw new Error(`${tier} shows no ${caseId}: ${JSON.stringify(body)}`);
      return body as Shown;
    },

    /** Waits until the tiers hold the same register of the case and nothing is left to file. */
    agreement: async (caseId: string, tiers: readonly TierCode[]): Promise<Shown> => {
      const shown = await until(
        `one register at ${tiers.join(', ')}`,
        () =>
          Promise.all(tiers.map((tier) => net.get(`auditor-${tier}`, `/v1/cases/${caseId}`))).then(
            (answers) => answers.map(({ body }) => body as Shown),
          ),
        ([first, ...others]) =>
          first?.digest !== undefined &&
          first.registered === first.revision &&
          others.every(({ digest, revision }) => digest === first.digest && revision === first.revision),
      );
      return shown[0] as Shown;
    },

    /** The digest of every case as the lists of a tier show it, once they have caught up with what it holds. */
    listed: async (tier: TierCode, cases: number): Promise<ReadonlyMap<string, Listed>> =>
      until(
        `${cases} registered cases in the lists of ${tier}`,
        () => everyRow(net, tier),
        (rows) =>
          rows.size >= cases &&
          [...rows.values()].every(({ recorded, registered }) => recorded === registered),
      ),
  };
};

export type Listed = { readonly digest: string; readonly recorded: number; readonly registered: number };

const everyRow = async (net: ProcessNetwork, tier: TierCode): Promise<ReadonlyMap<string, Listed>> => {
  const rows = new Map<string, Listed>();
  for (let cursor: string | undefined, more = true; more;) {
    const path = `/v1/cases?limit=200${cursor === undefined ? '' : `&cursor=${cursor}`}`;
    const { body } = await net.get(`auditor-${tier}`, path);
    const page = body as { items: (Listed & { caseId: string })[]; nextCursor?: string };
    for (const { caseId, digest, recorded, registered } of page.items)
      rows.set(caseId, { digest, recorded, registered });
    cursor = page.nextCursor;
    more = cursor !== undefined;
  }
  return rows;
};

/** Of the named cases, every store holds the same events, byte for byte. Each store says itself that none is there twice. */
export const expectSameEvents = (cases: readonly string[], stores: readonly Held[]): void => {
  const [first, ...others] = stores.map((held) => contentOf(held, cases));
  for (const other of others) expect(other).toEqual(first);
};

const contentOf = (held: Held, cases: readonly string[]): Readonly<Record<string, readonly string[]>> =>
  Object.fromEntries(
    cases.map((caseId) => {
      const events = [...(held.get(caseId as never) ?? [])];
      return [
        caseId,
        events.map(([hash, bytes]) => `${hash} ${Buffer.from(bytes).toString('base64')}`).sort(),
      ];
    }),
  );

export const casesIn = (held: Held): readonly string[] =>
  [...held.keys()].filter((stream) => stream.startsWith('case-')).sort();

/** How many events a store holds, without those that ledgers keep of one another: they come by themselves. */
export const eventsIn = (held: Held): number =>
  [...held].reduce((sum, [stream, { size }]) => (stream.startsWith('ledger-') ? sum : sum + size), 0);
