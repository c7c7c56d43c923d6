import { afterEach, describe, expect, it } from '@jest/globals';
import type { StreamName, TierCode } from '@liandong/kernel';
import { type TestNetwork, testNetworkOf } from '@liandong/testing';

const [city, county, township] = ['431000', '431021', '431021106'] as [TierCode, TierCode, TierCode];
const three = [{ tier: city }, { tier: county, parent: city }, { tier: township, parent: county }];

let network: TestNetwork | undefined;
afterEach(async () => {
  await network?.stop();
  network = undefined;
});

const hashesAt = async (net: TestNetwork, tier: string, stream: StreamName) =>
  (await net.tier(tier).store.read(stream)).map(({ hash }) => hash).sort();

describe('the exchange', () => {
  it('brings every event of a case to every tier of its audience', async () => {
    network = await testNetworkOf(three);
    const stream = await network.tier(county).openCase([city, county, township]);
    await network.drained();
    for (const tier of [city, county, township]) await network.tier(tier).say(stream);
    await network.drained();
    await network.tier(city).say(stream);
    await network.drained();

    const everywhere = await hashesAt(network, county, stream);
    expect(everywhere).toHaveLength(5);
    expect(await hashesAt(network, city, stream)).toEqual(everywhere);
    expect(await hashesAt(network, township, stream)).toEqual(everywhere);
  });
});
