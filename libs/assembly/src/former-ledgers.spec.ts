import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ledgerJournal, ledgerSystem } from '@liandong/application';
import type { TierConfig } from '@liandong/contracts';
import type { TierCode } from '@liandong/kernel';
import { withPostgres } from '@liandong/testing';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startApproval } from './approval.ts';
import { assertEpochOpen } from './former-ledgers.ts';
import { foundNetwork } from './found-network.ts';
import { witnessesAt } from './found-witnesses.ts';
import { nextEpoch } from './next-epoch.ts';
import { startSupervision } from './supervision.ts';
import { openAccess, systemAuthoring } from './tier.ts';

const network = 'test.example';
const city = '431000' as TierCode;
const identity = { issuer: 'http://127.0.0.1:1', audience: 'liandong', jwksUrl: 'http://127.0.0.1:1/jwks' };

const postgres = withPostgres();
let folder: string;
let first: TierConfig;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'former-ledgers-'));
  chmodSync(folder, 0o711);
  const clockOffsetFile = path.join(folder, 'clock');
  const plan = { network, clockOffsetFile, tiers: [{ tier: city, name: '郴州市' }] };
  const witnesses = witnessesAt('http://127.0.0.1:1', folder, plan);
  const [founded] = await foundNetwork(folder, postgres.server, { ...plan, witnesses });
  first = { ...founded!, identity };
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const inNextEpoch = (config: TierConfig): TierConfig => {
  const { epoch, policy, earlier } = nextEpoch(config);
  return {
    ...{ ...config, epoch },
    members: config.members.map((member) => ({ ...member, epoch, policy, earlier })),
  };
};

const asserted = async (config: TierConfig) => {
  const access = openAccess(config, 'approval', 1);
  try {
    return await assertEpochOpen(config, access);
  } finally {
    await access.close();
  }
};

/** Records, for the exchange that would, that the epoch of the configuration is open. */
const openedIn = async (config: TierConfig) => {
  const access = openAccess(config, 'exchange', 1);
  const epoch = config.epoch - 1;
  const previous = { origin: `${network}/${city}/${epoch}`, epoch, stored: 0, known: 0 };
  const recorded = await ledgerJournal(access.store, systemAuthoring(access)).record(
    ledgerSystem(access.author, 'opened'),
    { type: 'liandong.ledger.epochOpened.v1', data: { epoch: config.epoch, previous, reason: '演练' } },
  );
  await access.close();
  expect(recorded.ok).toBe(true);
};

describe('an epoch that nothing has opened yet', () => {
  it('lets neither the counter nor the supervision start, until it is open, and again in the next', async () => {
    await asserted(first);
    const second = inNextEpoch(first);
    const third = inNextEpoch(second);
    for (const config of [second, third]) {
      const unopened = new RegExp(`epoch ${config.epoch} of ${city} is not open`);
      await expect(startApproval(config)).rejects.toThrow(unopened);
      await expect(startSupervision(config)).rejects.toThrow(unopened);
      await expect(asserted(config)).rejects.toThrow(unopened);
      await openedIn(config);
      await asserted(config);
    }
    await (await startSupervision(third)).close();
    await (await startApproval(third)).close();
  }, 120_000);
});
