import { beforeAll, describe, expect, it } from '@jest/globals';
import {
  casesIn,
  casework,
  clerk,
  ecologyApprover,
  expectSameEvents,
  lead,
  townClerk,
  waterApprover,
} from './support/casework.ts';
import { threeTierItem, twoTierItem } from './support/items.ts';
import { allTiers, city, county, township, withNetwork } from './support/network.ts';
import { inLanes } from './support/until.ts';

const others = 1_000;
const decidedEvery = 10;
const lanes = 12;

const net = withNetwork();
const work = casework(net);

beforeAll(async () => {
  await Promise.all(allTiers.flatMap((tier) => [net.start(tier, 'approval'), net.start(tier, 'exchange')]));
  await work.publish();
  await net.drained();
});

/** From the application to both determinations, county and city by turns. */
const decide = async (caseId: string) => {
  await work.act(clerk, caseId, 'preAccept');
  await work.act(clerk, caseId, 'accept');
  await work.arrived(city, caseId, 'accepted');
  await work.act(lead, caseId, 'openStage', { stage: 'review' });
  await work.arrived(county, caseId, 'inReview');
  await work.determine(waterApprover, caseId, 'water');
  await work.determine(ecologyApprover, caseId, 'ecology');
};

describe('a township that was cut off while a thousand other cases went on', () => {
  it('comes back to the same events and the same digests, with nothing lost and nothing doubled', async () => {
    const ofAllThree = await work.inReview(clerk, threeTierItem, 'of-all-three');
    await work.agreement(ofAllThree, allTiers);
    net.cable(township).cut();

    const opened: string[] = [];
    const going = inLanes(others, lanes, async (n) => {
      const caseId = await work.open(clerk, twoTierItem, `other-${n}`);
      opened.push(caseId);
      if (n % decidedEvery === 0) await decide(caseId);
    });
    const own = await work.open(townClerk, twoTierItem, 'own');
    await work.act(townClerk, own, 'preAccept');
    await work.act(townClerk, own, 'accept');
    await work.giveOpinion(ofAllThree);
    await going;
    await work.determine(waterApprover, ofAllThree, 'water');
    await work.determine(ecologyApprover, ofAllThree, 'ecology');
    expect((await net.get(`auditor-${city}`, `/v1/cases/${own}`)).status).toBe(404);

    net.cable(township).restore();
    await net.drained();
    await work.agreement(own, allTiers);
    const joined = await work.agreement(ofAllThree, allTiers);
    expect(joined.steps.map(({ status }) => status)).toEqual(['answered', 'answered', 'answered']);
    await net.drained();

    const [above, middle, below] = await Promise.all([net.held(city), net.held(county), net.held(township)]);
    expect(new Set(opened).size).toBe(others);
    expect(casesIn(middle)).toEqual([...opened, ofAllThree, own].sort());
    expect(casesIn(above)).toEqual(casesIn(middle));
    expect(casesIn(below)).toEqual([ofAllThree, own].sort());
    expectSameEvents(casesIn(middle), [above, middle]);
    expectSameEvents(casesIn(below), [above, middle, below]);

    const [atCity, atCounty, atTownship] = await Promise.all([
      work.listed(city, others + 2),
      work.listed(county, others + 2),
      work.listed(township, 2),
    ]);
    expect(atCity).toEqual(atCounty);
    for (const [caseId, row] of atTownship) expect(atCity.get(caseId)).toEqual(row);
  });
});
