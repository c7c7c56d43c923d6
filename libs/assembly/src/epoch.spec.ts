import { describe, expect, it } from '@jest/globals';
import { nodeSuite, sha256 } from '@liandong/adapters/crypto';
import { openPool } from '@liandong/adapters/postgres';
import { postgresLedgerBook } from '@liandong/adapters/postgres-ledger';
import {
  type ExportFolder,
  exportLedger,
  handBack,
  ledgerJournal,
  ledgerStream,
  ledgerSystem,
  verifyExports,
} from '@liandong/application';
import { nextEpoch, openAccess, systemAuthoring } from '@liandong/assembly';
import { checkSchema, decodeCaseFact, decodeLedgerFact } from '@liandong/contracts';
import { decodeEvent, sourceOf, type StreamName, type TierCode, toHex, utf8 } from '@liandong/kernel';
import { parsePolicy } from '@liandong/ledger';
import { readFileSync } from 'node:fs';
import {
  type AssembledNetwork,
  city,
  county,
  networkName,
  say,
  sharedCase,
  tiers,
  township,
  withAssembledNetwork,
} from '../test/network.ts';
import { databasesOf, registers } from '../test/restored.ts';

const tested = withAssembledNetwork();
/** An epoch that was opened stays open: who misuses one does it in a network apart. */
const misused = withAssembledNetwork();
const origin = `${networkName}/${county}/1`;

const stateOf = async (net: AssembledNetwork) => (await net.statusOf(county))?.ledger?.state;

const believedBy = async (net: AssembledNetwork) => {
  const heads = await net.running.get(city)?.active.book.believedHeads();
  const { size, root } = heads!.find((head) => head.origin === origin)!;
  return { size, root: toHex(root) };
};

/** A county that fails over to a standby which lacks what the neighbours have, and goes on working there. */
const failedOver = async (from: typeof tested) => {
  const net = await from.open();
  const { copyOf, restore } = databasesOf(from);
  const [touched, apart] = [
    await sharedCase(net.store(county), county),
    await sharedCase(net.store(county), county),
  ];
  await net.drained();
  const standby = await copyOf(net, county, `standby${tiersFailedOver++}`);
  await net.restart(county);
  for (const tier of [county, city, county, township, county]) {
    await say(net.store(tier), tier, touched!);
    await net.drained();
  }
  const end = await believedBy(net);
  await net.running.get(county)?.close();
  await restore(county, standby);
  await net.restart(county);
  await net.until(async () => (await stateOf(net)) === 'behind');
  const { size: stored = 0 } = (await net.statusOf(county))!.ledger!;
  for (let n = stored; n < end.size; n++) await say(net.store(county), county, apart!);
  await net.until(async () => (await stateOf(net)) === 'parted');
  return { net, touched: touched!, apart: apart!, stored, end };
};
let tiersFailedOver = 0;

/** Everybody's list names the county's next epoch, and the witnesses know its ledger. */
const configured = async (net: AssembledNetwork) => {
  const { logKey, epoch, policy, earlier } = nextEpoch(net.configs.get(county)!);
  net.watch(logKey);
  for (const tier of tiers) {
    const members = net.configs
      .get(tier)!
      .members.map((member) => (member.tier === county ? { ...member, epoch, policy, earlier } : member));
    const changes = { members, ...(tier === county && { epoch }) };
    net.configs.set(tier, { ...net.configs.get(tier)!, ...changes });
    await net.restart(tier);
  }
  await net.until(async () => (await stateOf(net)) === 'unopened');
};

const offered = async (net: AssembledNetwork, neighbours: readonly (typeof county)[]) => {
  const opener = net.running.get(county)!.opener()!;
  for (const tier of neighbours) {
    const { book } = net.running.get(tier)!.active;
    const given = handBack({ store: net.store(tier), book, epochOf: () => 2 });
    for (
      let from = 0, page = await given(county, from, 1);
      page.length > 0;
      page = await given(county, from, 1)
    ) {
      expect(opener.offer(page).ok).toBe(true);
      from = page.at(-1)!.seq + 1;
    }
  }
  return opener;
};

const resumed = async (net: AssembledNetwork) => {
  for (const tier of tiers) {
    const { active } = net.running.get(tier)!;
    for (const { peer } of await active.book.stoppedLinks()) await active.current()?.resumeLink(peer);
  }
};

/** Says something as a service of the county that is configured for the next epoch. */
const sayAnew = async (net: AssembledNetwork, stream: StreamName) => {
  const access = openAccess(net.configs.get(county)!, 'approval', 1);
  await say(access.store, county, stream, { source: sourceOf(access.author) });
  await access.close();
};

/** What an auditor gets of a tier's ledger, in memory. */
const exported = async (net: AssembledNetwork, tier: TierCode, epoch: number): Promise<ExportFolder> => {
  const config = net.configs.get(tier)!;
  const { earlier = [], ...now } = config.members.find((member) => member.tier === tier)!;
  const ledgers = [...earlier, now];
  const policy = parsePolicy(sha256, utf8(ledgers.find((ledger) => ledger.epoch === epoch)!.policy));
  if (!policy.ok) throw new Error(JSON.stringify(policy.refusal));
  const access = openAccess(config, 'approval', 2);
  const pool = openPool(readFileSync(config.databaseUrlFiles.audit ?? '', 'utf8').trim(), { max: 2 });
  const files = new Map<string, Uint8Array>();
  const books = ledgers.map((ledger) => ({ ...ledger, book: postgresLedgerBook(pool, ledger.epoch) }));
  const written = await exportLedger({
    ...{ self: { network: networkName, tier, epoch }, store: access.store, sha256, policy: policy.value },
    book: books.find((ledger) => ledger.epoch === epoch)!.book,
    otherEpochs: books.filter((ledger) => ledger.epoch !== epoch).map(({ book }) => book),
    factOf: decodeCaseFact,
    keys: now.keys.map(({ service, keyId, publicKey }) => ({ purpose: service, keyId, publicKey })),
    writeFile: async (name, bytes) => void files.set(name, bytes),
  });
  await Promise.all([pool.end(), access.close()]);
  expect(written).toMatchObject({ ok: true });
  return { name: `${tier}/${epoch}`, readFile: async (name) => files.get(name) };
};

const verified = (folders: readonly ExportFolder[]) =>
  verifyExports(
    {
      ...{ suite: nodeSuite(), checkSchema, ledgerFactOf: decodeLedgerFact, factOf: decodeCaseFact },
      toleranceMs: 100 * 365 * 86_400_000,
    },
    folders,
  );

describe('a county that fails over to a standby which had fallen behind', () => {
  it('opens another epoch once nothing else helps, loses nothing, and everybody follows', async () => {
    const { net, touched, apart, stored, end } = await failedOver(tested);
    const reason = '主库损毁，备库落后';

    await configured(net);
    const opener = net.running.get(county)!.opener()!;
    for (const wrong of [
      { ...end, size: end.size - 1 },
      { ...end, size: end.size + 1 },
      { ...end, root: '0'.repeat(64) },
    ]) {
      await offered(net, [city, township]);
      expect(await opener.open('operator', { ...wrong, reason })).toMatchObject({
        refusal: { code: 'not-the-cosigned-head', ...end },
      });
    }
    await offered(net, [city, township]);
    expect(await opener.open('operator', { ...end, reason })).toEqual({
      ok: true,
      value: { epoch: 2, returned: end.size - stored, lost: 0, carried: end.size - stored },
    });
    expect(await opener.open('operator', { ...end, reason })).toMatchObject({
      refusal: { code: 'epoch-open' },
    });
    await net.until(async () => (await stateOf(net)) === 'sealing');
    await resumed(net);

    await sayAnew(net, touched);
    await sayAnew(net, apart);
    for (const tier of [city, township]) await say(net.store(tier), tier, touched);
    for (const stream of [touched, apart])
      await net.until(async () => new Set(await registers(net, stream)).size === 1);
    await net.drained();
    expect(await net.store(township).read(touched)).toHaveLength(2 + 5 + 3);
    expect(await net.store(city).read(apart)).toHaveLength(2 + (end.size - stored) + 1);

    const [opening] = await net.store(city).read(ledgerStream({ tier: county, epoch: 2 }));
    expect(decodeLedgerFact(decodeEvent(opening!.bytes))).toMatchObject({
      type: 'liandong.ledger.epochOpened.v1',
      data: { epoch: 2, previous: { origin, stored: end.size, known: end.size, cosigned: end }, reason },
    });
    for (const tier of tiers) expect(await net.running.get(tier)?.active.book.stoppedLinks()).toEqual([]);

    const [old, ...others] = await Promise.all([
      exported(net, county, 1),
      exported(net, county, 2),
      exported(net, city, 1),
      exported(net, township, 1),
    ]);
    const report = await verified([old!, ...others]);
    expect(report.exports.map((each) => [each.folder, each.faults])).toEqual(
      [`${county}/1`, `${county}/2`, `${city}/1`, `${township}/1`].map((folder) => [folder, []]),
    );
    expect(report.between).toMatchObject({ faults: [], unproven: 0 });
    expect(report.ok).toBe(true);

    await net.restart(county);
    await net.restart(city);
    await sayAnew(net, apart);
    await net.until(async () => new Set(await registers(net, apart)).size === 1);
    await net.drained();
  }, 300_000);
});

describe('a county that opens an epoch in order to drop what was cosigned', () => {
  it('is stopped by every neighbour, and named by the audit', async () => {
    const { net, touched, stored, end } = await failedOver(misused);
    await configured(net);
    const access = openAccess(net.configs.get(county)!, 'exchange', 1);
    const [old] = [net.configs.get(county)!.members.find(({ tier }) => tier === county)!.earlier![0]!];
    expect(old.epoch).toBe(1);
    const heads = postgresLedgerBook(access.pool, 1);
    const { size, root } = (await heads.anchored())!;
    expect(size).toBe(stored);
    const cosigned = { origin, size, root: toHex(root) };
    const journal = ledgerJournal(access.store, systemAuthoring(access));
    const previous = { origin, epoch: 1, stored, known: stored, cosigned };
    const recorded = await journal.record(ledgerSystem(access.author, 'dropped'), {
      type: 'liandong.ledger.epochOpened.v1',
      data: { epoch: 2, previous, reason: '从未有过' },
    });
    expect(recorded.ok).toBe(true);
    await access.close();
    await net.until(async () => (await stateOf(net)) === 'sealing');

    for (const tier of [city, township]) {
      const { active } = net.running.get(tier)!;
      await net.until(async () => {
        await resumed(net);
        return (await active.book.incidents(1_000)).some(({ code }) => code === 'epoch-below-cosigned');
      });
      expect(await net.store(tier).read(ledgerStream({ tier: county, epoch: 2 }))).toEqual([]);
    }
    const report = await verified(
      await Promise.all([exported(net, county, 1), exported(net, county, 2), exported(net, city, 1)]),
    );
    expect(report.ok).toBe(false);
    const missing = report.between.faults.filter(({ code }) => code === 'missing-at-its-author');
    expect(missing).toContainEqual(expect.objectContaining({ folder: `${city}/1`, stream: touched }));
    expect(end.size).toBeGreaterThan(stored);
  }, 300_000);
});
