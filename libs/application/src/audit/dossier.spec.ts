import { beforeAll, describe, expect, it } from '@jest/globals';
import { decodeCaseFact, decodeItemFact } from '@liandong/contracts';
import { itemHash } from '@liandong/domain/catalogue';
import { eventHash, fromUtf8, type StreamName } from '@liandong/kernel';
import { parsePolicy, verifyTlogProof } from '@liandong/ledger';
import { type AuditedTier, auditedTier, folderOf, suite } from '../../test/audited-network.ts';
import {
  city,
  county,
  deliver,
  document,
  foundTier,
  must,
  opened,
  staff,
  testClock,
  township,
} from '../../test/sample-network.ts';
import { dossierPage } from './dossier-page.ts';
import { type Dossier } from './dossier-parts.ts';
import { composeDossier, writeDossier } from './dossier.ts';
import { provenInDossier } from './proven-events.ts';

const clock = testClock();
const late = '2026-03-12T02:00:05.000Z';
const written = new Map<string, Uint8Array>();
let tiers: readonly [AuditedTier, AuditedTier];
let folders: Parameters<typeof writeDossier>[1];
let caseId: StreamName;
let dossier: Dossier;

const make = async (
  exports: typeof folders,
  of = caseId,
  files = new Map<string, Uint8Array>(),
  item?: string,
) =>
  writeDossier(
    { sha256: suite.sha256, factOf: decodeCaseFact, itemFactOf: decodeItemFact, item },
    exports,
    of,
    async (path, bytes) => void files.set(path, bytes),
  );

beforeAll(async () => {
  tiers = [await auditedTier(city, clock), await auditedTier(county, clock)];
  const [atCity, atCounty] = tiers;
  const atTownship = await auditedTier(township, clock);
  for (const tier of [atCity, atCounty, atTownship]) await foundTier(tier);
  for (const from of [atCity, atCounty, atTownship])
    for (const to of [atCity, atCounty]) if (from !== to) await deliver(from, to);
  caseId = await opened(atCounty, 'dossier');
  await deliver(atCounty, atCity);
  const act = async (at: AuditedTier, number: string, key: string, command: object) =>
    must(
      await at.desk.execute({
        ...staff(at.tier, at.tier === city ? 'leadCoordinator' : 'windowClerk', number),
        ...{ caseId, idempotencyKey: key, command: command as never },
      }),
    );
  await act(atCounty, '02', 'd1', { type: 'preAccept' });
  // The county decides before it hears of this.
  await act(atCity, '03', 'd2', { type: 'preAccept' });
  await act(atCounty, '02', 'd3', {
    type: 'reject',
    ground: 'noPermitNeeded',
    reasons: '无需许可',
    remedies: ['reconsideration', 'litigation'],
    document: document(77),
  });
  await deliver(atCity, atCounty);
  await deliver(atCounty, atCity);
  for (const tier of tiers) await tier.anchor(late);
  folders = await Promise.all(
    tiers.map(async (tier) => ({
      ...folderOf(tier.tier, await tier.export()),
      origin: `test.example/${tier.tier}/1`,
      size: (await tier.book.anchored())!.size,
    })),
  );
  dossier = must(await make(folders, caseId, written));
}, 60_000);

const typesOf = (hashes: readonly string[]) =>
  hashes.map((hash) => dossier.events.find((event) => event.hash === hash)?.envelope.type.split('.')[2]);

describe('the dossier of a case', () => {
  it('shows a decision with exactly what its author had seen, not with what others knew', () => {
    expect(dossier.events).toHaveLength(4);
    expect(dossier.decisions).toHaveLength(1);
    const [{ event, seen, before, materials }] = dossier.decisions as [Dossier['decisions'][number]];
    expect(event).toMatchObject({
      origin: 'test.example/431021/1',
      envelope: { type: 'liandong.case.rejected.v1' },
    });
    expect(typesOf(seen)).toEqual(['opened', 'preAccepted']);
    expect(before).toMatchObject({ status: 'preAccepted', item: { version: '3' } });
    expect(before.item.hash).toMatch(/^[0-9a-f]{64}$/);
    expect(before.deadlines.length).toBeGreaterThan(0);
    expect(materials.find(({ code }) => code === 'application-form')).toMatchObject({
      ...{ required: true, documents: [document(1)], missing: false },
    });
    expect(materials.some(({ missing }) => missing)).toBe(true);
  });

  it('shows the guide that applied, as it was published and adopted, with the trust in each material', () => {
    const [{ before, materials }] = dossier.decisions as [Dossier['decisions'][number]];
    const { guide } = dossier;
    expect(itemHash(suite.sha256, guide!.version)).toBe(before.item.hash);
    expect(guide).toMatchObject({
      published: { origin: 'test.example/431000/1' },
      adopted: { origin: 'test.example/431021/1' },
    });
    for (const { hash } of [guide!.published, guide!.adopted!]) {
      expect(written.has(`events/${hash}.json`)).toBe(true);
      expect(written.has(`proofs/${hash}.tlog-proof`)).toBe(true);
    }
    for (const { code, trust } of materials)
      expect(trust).toBe(guide!.version.materials.find((material) => material.code === code)?.trust);
    expect(materials.map(({ trust }) => trust)).toEqual(expect.arrayContaining(['A', 'C', 'D']));
  });

  it('says nothing of a guide that is not among the ledgers', async () => {
    const [, ofCounty] = folders;
    const { guide, decisions } = must(await make([ofCounty!]));
    expect(guide).toBeUndefined();
    for (const { trust } of decisions[0]!.materials) expect(trust).toBeUndefined();
  });

  it('is made again, the same, out of dossiers of its tiers that nobody believes', async () => {
    const remade = new Map<string, Uint8Array>();
    const proven = folders.map(async (folder) => {
      const part = new Map<string, Uint8Array>();
      must(await make([folder], caseId, part, dossier.guide!.version.code));
      return must(provenInDossier(suite, part));
    });
    must(
      await composeDossier(
        { sha256: suite.sha256, factOf: decodeCaseFact, itemFactOf: decodeItemFact },
        (await Promise.all(proven)).flat(),
        caseId,
        async (path, bytes) => void remade.set(path, bytes),
      ),
    );
    expect([...remade.keys()].sort()).toEqual([...written.keys()].sort());
    for (const [path, bytes] of written) expect(fromUtf8(remade.get(path)!)).toBe(fromUtf8(bytes));
  });

  it('is refused with the place where an event, a proof or a name in such a dossier was changed', () => {
    const [first, second] = [...written.keys()].filter((path) => path.startsWith('events/'));
    const proof = first!.replace('events/', 'proofs/').replace('.json', '.tlog-proof');
    const changes: ((files: Map<string, Uint8Array>) => void)[] = [
      (files) =>
        files.set(
          first!,
          files.get(first!)!.map((byte, n) => (n === 30 ? byte ^ 1 : byte)),
        ),
      (files) => files.set(first!, files.get(second!)!),
      (files) =>
        files.set(
          proof,
          files.get(proof)!.map((byte, n) => (n === 40 ? byte ^ 1 : byte)),
        ),
      (files) => files.delete(proof),
      (files) =>
        [...files.keys()]
          .filter((path) => path.startsWith('policies/'))
          .forEach((path) => files.delete(path)),
    ];
    expect(provenInDossier(suite, written)).toMatchObject({ ok: true });
    for (const change of changes) {
      const files = new Map(written);
      change(files);
      expect(provenInDossier(suite, files)).toEqual({
        ok: false,
        refusal: { code: 'proof-refused', path: first },
      });
    }
    const [, ofCounty] = tiers;
    expect(provenInDossier(suite, written, ofCounty.policy)).toMatchObject({ ok: false });
  });

  it('proves every event under the policy of its ledger, and no other', () => {
    for (const { hash, origin } of dossier.events) {
      const bytes = written.get(`events/${hash}.json`)!;
      expect(eventHash(suite.sha256, bytes)).toBe(hash);
      const policy = parsePolicy(suite.sha256, written.get(`policies/${origin.replaceAll('/', '-')}`)!);
      const proof = written.get(`proofs/${hash}.tlog-proof`)!;
      if (!policy.ok) throw new Error(policy.refusal.rule);
      const leaf = Buffer.from(hash, 'hex');
      expect(verifyTlogProof(suite, proof, leaf, policy.value).ok).toBe(true);
      leaf[0]! ^= 1;
      expect(verifyTlogProof(suite, proof, leaf, policy.value).ok).toBe(false);
    }
  });

  it('leaves out a decision whose past is not all here, and says what is missing', async () => {
    const [, ofCounty] = folders;
    const alone = must(await make([ofCounty!]));
    expect(alone.decisions).toHaveLength(1);
    const [ofCity] = folders;
    const without = must(await make([ofCity!]));
    expect(without.decisions).toEqual([]);
    expect(without.unproven).toHaveLength(1);
  });

  it('is not made of a case that no export has', async () => {
    expect(await make(folders, `case-${'0'.repeat(32)}` as StreamName)).toEqual({
      ok: false,
      refusal: { code: 'case-unknown' },
    });
  });
});

describe('the page of a dossier', () => {
  it('names the catalogue version and the materials, and loads nothing', () => {
    const html = fromUtf8(written.get('index.html')!);
    const [{ before }] = dossier.decisions as [Dossier['decisions'][number]];
    expect(html).toContain(before.item.hash);
    expect(html).toContain('application-form');
    expect(html).not.toMatch(/<(?:script|img|link|iframe)|https?:[^"<]*["']\s*>/);
    for (const [, file = ''] of html.matchAll(/href="([^"]*)"/g)) expect(written.has(file)).toBe(true);
  });

  it('lets nothing in an event become markup', () => {
    const [first] = dossier.events;
    const evil = `<img src=x onerror="alert('1')">&`;
    const event = { ...first!, envelope: { ...first!.envelope, authid: evil } };
    const html = dossierPage({ ...dossier, events: [event], decisions: [] });
    expect(html).not.toContain('<img');
    expect(html).toContain('&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;');
  });
});
