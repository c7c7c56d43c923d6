import { beforeAll, describe, expect, it } from '@jest/globals';
import { sha256 } from '@liandong/adapters/crypto';
import type { StreamName } from '@liandong/kernel';
import {
  city,
  foundTier,
  opened,
  type SampleTier,
  sampleTier,
  county,
  deliver,
  township,
} from '../../test/sample-network.ts';
import type { EventStore } from '../ports/event-store.ts';
import { disclosedIn } from './disclosed.ts';

describe('the personal fields of a case', () => {
  let tier: SampleTier;
  let caseId: StreamName;
  beforeAll(async () => {
    tier = await sampleTier(city);
    for (const other of [await sampleTier(county), await sampleTier(township)]) {
      await foundTier(other);
      await deliver(other, tier);
    }
    await foundTier(tier);
    caseId = await opened(tier);
  });
  const disclosed = async (store: Pick<EventStore, 'disclosures'>) => {
    const file = await tier.desk.read(caseId);
    if (file === undefined) throw new Error('no case');
    return [...(await disclosedIn(store, sha256, file)).values()];
  };

  it('are joined to its events when it is read', async () => {
    expect(await disclosed(tier.store)).toEqual([{ applicantName: '桂阳某某有限公司', matter: '厂房建设' }]);
  });

  it('are absent where they were erased or never came', async () => {
    expect(await disclosed({ disclosures: () => Promise.resolve([]) })).toEqual([]);
  });

  it('are not shown if they are not what the event said', async () => {
    const forging: Pick<EventStore, 'disclosures'> = {
      disclosures: async (digests) =>
        (await tier.store.disclosures(digests)).map((one) =>
          one.name === 'matter' ? { ...one, value: '别的内容' } : one,
        ),
    };
    expect(await disclosed(forging)).toEqual([{ applicantName: '桂阳某某有限公司' }]);
  });
});
