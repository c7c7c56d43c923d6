import { beforeAll, describe, expect, it } from '@jest/globals';
import {
  casework,
  clerk,
  ecologyApprover,
  expectSameEvents,
  lead,
  type Shown,
  townClerk,
  waterApprover,
} from './support/casework.ts';
import { paper, threeTierItem } from './support/items.ts';
import { allTiers, city, county, township, withNetwork } from './support/network.ts';
import { until } from './support/until.ts';

const net = withNetwork();
const work = casework(net);

beforeAll(async () => {
  await Promise.all(allTiers.flatMap((tier) => [net.start(tier, 'approval'), net.start(tier, 'exchange')]));
  await work.publish();
});

const answered = ({ steps }: Shown) =>
  steps.filter(({ status }) => status === 'answered').map(({ id }) => id);

/** The tier's word that something it said has not arrived yet. */
const lagging = (tier: (typeof allTiers)[number], destination: (typeof allTiers)[number]) =>
  until(
    `${tier} says that ${destination} lags`,
    () => net.links(tier),
    (report) => report?.outgoing.some((feed) => feed.destination === destination && feed.lag > 0) === true,
  );

const settled = async (caseId: string) => {
  const shown = await work.agreement(caseId, allTiers);
  await net.drained();
  expectSameEvents([caseId], await Promise.all(allTiers.map(net.held)));
  return shown;
};

describe('a link that is cut while both tiers work on one case', () => {
  it('makes them one again with determinations of both sides', async () => {
    const caseId = await work.inReview(clerk, threeTierItem, 'both-sides');
    await work.agreement(caseId, allTiers);
    net.cable(county).cut();
    await work.determine(waterApprover, caseId, 'water');
    await work.determine(ecologyApprover, caseId, 'ecology');
    await work.giveOpinion(caseId);
    await Promise.all([lagging(county, city), lagging(city, county)]);
    const [above, below] = await Promise.all([work.show(city, caseId), work.show(county, caseId)]);
    expect(above.digest).not.toBe(below.digest);
    net.cable(county).restore();
    expect(answered(await settled(caseId))).toEqual(['residents', 'water', 'ecology']);
  });

  it('lets a conclusion stand against the withdrawal that raced it, and makes the lead look again', async () => {
    const caseId = await work.inReview(clerk, threeTierItem, 'raced-conclusion');
    await work.determine(waterApprover, caseId, 'water');
    await work.determine(ecologyApprover, caseId, 'ecology');
    await work.agreement(caseId, [city, county]);
    await work.arrived(township, caseId, 'inReview');
    await work.giveOpinion(caseId);
    await work.agreement(caseId, allTiers);

    net.cable(county).cut();
    await work.act(clerk, caseId, 'withdraw', { reasons: '不再建设' });
    await work.act(lead, caseId, 'conclude', { result: '0', document: paper(9) });
    expect((await work.show(county, caseId)).status).toBe('withdrawn');
    expect((await work.show(city, caseId)).status).toBe('concluded');
    net.cable(county).restore();

    const joined = await settled(caseId);
    expect(joined).toMatchObject({ status: 'concluded', obligations: [{ kind: 'reconsider' }] });
    const [obligation] = joined.obligations;
    await work.act(lead, caseId, 'settleObligation', {
      cause: obligation?.cause,
      outcome: 'upheld',
      reasons: '决定作出在先',
    });
    expect(await settled(caseId)).toMatchObject({ status: 'concluded', obligations: [] });
  });

  it.each([
    ['county', 'city', clerk, county, ecologyApprover, 'ecology'],
    ['township', 'county', townClerk, township, waterApprover, 'water'],
  ] as const)(
    'is of one mind about a withdrawal at the %s that raced a determination at the %s',
    async (at, _above, counter, cut, approver, step) => {
      const caseId = await work.inReview(counter, threeTierItem, `raced-at-${at}`);
      await work.agreement(caseId, allTiers);
      net.cable(cut).cut();
      await work.determine(approver, caseId, step);
      await work.act(counter, caseId, 'withdraw', { reasons: '不再建设' });
      net.cable(cut).restore();
      const shown = await settled(caseId);
      expect(shown).toMatchObject({ status: 'withdrawn', obligations: [], withoutEffect: 0 });
      expect(answered(shown)).toEqual([step]);
    },
  );

  it('goes on over a new connection when only the lower end of the old one was lost', async () => {
    const caseId = await work.inReview(clerk, threeTierItem, 'half-open');
    await work.agreement(caseId, allTiers);
    const before = net.cable(county).dialled();
    net.cable(county).loseLowerEnd();
    await work.determine(ecologyApprover, caseId, 'ecology');
    await work.determine(waterApprover, caseId, 'water');
    expect(answered(await settled(caseId))).toEqual(['water', 'ecology']);
    expect(net.cable(county).dialled()).toBe(before + 1);
  });
});
