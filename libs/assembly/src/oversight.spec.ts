import { sha256 } from '@liandong/adapters/crypto';
import { postgresOversightBook } from '@liandong/adapters/postgres-supervision';
import { expect, it } from '@jest/globals';
import { ownStreamHandler } from '@liandong/application';
import { decodeCardFact, termsWith } from '@liandong/contracts';
import {
  cardDecider,
  type CardFact,
  cardStream,
  cardStreamAt,
  type Judgement,
} from '@liandong/domain/supervision';
import { decodeEvent, type EventHash, type TierCode } from '@liandong/kernel';
import { city, county, sharedCase, township, withAssembledNetwork } from '../test/network.ts';
import { foundSupervision } from './found-supervision.ts';
import { startSupervision } from './supervision.ts';
import { openAccess, systemAuthoring } from './tier.ts';

const { open } = withAssembledNetwork();
const at = '2026-03-09T02:00:00.000Z';

it('carries a card up, and down the disagreement of the superior, which stands beside the card at both tiers', async () => {
  const net = await open();
  const [above, below] = [city, county].map((tier) => openAccess(net.configs.get(tier)!, 'supervision', 2));
  if (above === undefined || below === undefined) throw new Error('both tiers are founded');
  await foundSupervision(above, true);
  await foundSupervision(below, false);
  const matter = await sharedCase(net.store(county), county);
  await net.drained();
  const { terms } = await termsWith(sha256, city, below.store).now(county);
  const [rules] = terms.adopted;
  // Nothing that was ever said starts this clock.
  const forged: Judgement = {
    ...{ matter, colour: 'yellow', dueAt: at, judgedAt: at, frontier: [] },
    cause: { event: 'e'.repeat(64) as EventHash, rule: 'case.yellow', round: 1 },
    ...{ rules: rules?.pin ?? '', calendar: terms.calendar, convention: 'started' },
    accountable: { unit: { tier: county, department: '11431021006380110N' } },
    reckoning: {
      ...{ kind: 'clock', element: 'case', limit: 'promised', limitDays: 7, count: 8 },
      ...{ receivedAt: at, countsFrom: at, extensions: [], suspensions: [] },
    },
  };
  const card = cardStream(sha256, forged);
  const raise = ownStreamHandler(below.store, systemAuthoring(below), cardDecider, ({ bytes }) => {
    const fact = decodeCardFact(decodeEvent(bytes));
    return fact as CardFact | undefined;
  });
  const raised = await raise({
    ...{ principal: 'system', authtype: 'system', idempotencyKey: 'forged', stream: card },
    command: {
      ...{ type: 'raiseCard', by: { tier: county, role: 'system' }, judgement: forged, issue: 'automatic' },
      to: { approver: forged.accountable.unit, tiers: [city] },
    },
  });
  expect(raised.ok).toBe(true);
  const supervisions = [
    await startSupervision(net.configs.get(city)!),
    await startSupervision(net.configs.get(county)!),
  ];
  try {
    const said = cardStreamAt(sha256, city, forged.cause);
    const types = async (tier: TierCode, stream: typeof said) =>
      (await net.store(tier).read(stream)).map(({ type }) => type);
    await net.until(async () => (await types(county, said)).length > 0);
    expect(await types(county, said)).toEqual(['liandong.card.disagreed.v1']);
    const [disagreed] = await net.store(county).read(said);
    expect(decodeEvent(disagreed!.bytes).data).toMatchObject({
      ...{ issuer: county, cause: forged.cause, matter, found: 'unfounded' },
      differences: expect.arrayContaining([{ point: 'cause.rule', issued: 'case.yellow' }]),
    });
    // The township is below the card's issuer: it concerns nobody there.
    expect(await types(township, card)).toEqual([]);
    for (const { access } of supervisions) {
      const book = postgresOversightBook(access.pool);
      await net.until(async () => (await book.overseenOf([card]))[0]?.state === 'disagreed');
      expect((await book.disagreements({ limit: 9 })).rows).toHaveLength(1);
    }
  } finally {
    for (const { close } of supervisions) await close();
    for (const { close } of [above, below]) await close();
  }
}, 240_000);
