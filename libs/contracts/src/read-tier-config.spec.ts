import { describe, expect, it } from '@jest/globals';
import { hunan2018 } from '@liandong/domain/supervision';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadTierConfig, parseTierConfig } from './read-tier-config.ts';
import { packNamed } from './rule-pack-config.ts';

const key = { service: 'exchange', keyId: '0123abcd', publicKey: `${'A'.repeat(43)}=` };
const county = {
  network: 'liandong.example',
  tier: '431021',
  members: [
    { tier: '431000', name: '郴州市', keys: [key], policy: 'log …' },
    { tier: '431021', parent: '431000', name: '桂阳县', keys: [key], policy: 'log …' },
  ],
  parentLink: { address: '127.0.0.1:7400' },
  listen: { link: { host: '127.0.0.1', port: 0 } },
  databaseUrlFiles: { exchange: 'secrets/exchange.url' },
  keyFiles: { exchange: '/etc/liandong/exchange.pem', log: 'log.pem' },
  evidenceFolder: 'evidence',
};

const must = (json: unknown) => {
  const parsed = parseTierConfig(json, '/etc/liandong');
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.refusal));
  return parsed.value;
};

const problemsOf = (json: unknown) => {
  const parsed = parseTierConfig(json, '/etc/liandong');
  return parsed.ok ? [] : parsed.refusal.problems;
};

describe('a tier configuration', () => {
  it('is read with its paths made absolute', () => {
    expect(parseTierConfig(county, '/etc/liandong')).toMatchObject({
      ok: true,
      value: {
        epoch: 1,
        databaseUrlFiles: { exchange: '/etc/liandong/secrets/exchange.url' },
        keyFiles: { exchange: '/etc/liandong/exchange.pem', log: '/etc/liandong/log.pem' },
        evidenceFolder: '/etc/liandong/evidence',
        members: [{ policy: 'log …' }, { policy: 'log …' }],
        heartbeatSeconds: 30,
        anchorPatienceMs: 15_000,
      },
    });
  });

  it('lets a lead wait for its anchoring as long as a caller waits for an answer, and no longer', () => {
    expect(parseTierConfig({ ...county, anchorPatienceMs: 0 }, '/')).toMatchObject({ ok: true });
    for (const anchorPatienceMs of [-1, 25_001, '1 s'])
      expect(problemsOf({ ...county, anchorPatienceMs })).toMatchObject([{ field: 'anchorPatienceMs' }]);
  });

  it('names the engine of the events, PostgreSQL unless another is named', () => {
    expect(must(county).eventStore).toEqual({ engine: 'postgres' });
    const kurrent = { engine: 'kurrent', urlFile: 'kurrent.url' };
    expect(must({ ...county, eventStore: kurrent }).eventStore).toEqual({
      ...{ engine: 'kurrent', urlFile: '/etc/liandong/kurrent.url' },
      prefix: '',
    });
    expect(problemsOf({ ...county, eventStore: { engine: 'kurrent' } })).toMatchObject([
      { field: 'eventStore.urlFile' },
    ]);
    expect(problemsOf({ ...county, eventStore: { ...kurrent, prefix: 'A-' } })).toMatchObject([
      { field: 'eventStore.prefix' },
    ]);
  });

  it('says how a link is carried, with the brokers and what they are shown', () => {
    const brokers = { brokers: ['kafka-1:9093', 'kafka-2:9093'] };
    const tls = { caFile: 'ca.pem', certFile: '/keys/link.pem', keyFile: 'link.key' };
    const sasl = { mechanism: 'scram-sha-512', username: 'tier-431021', passwordFile: 'kafka.password' };
    const json = { ...county, links: [{ peer: '431000', via: 'kafka', ...brokers, tls, sasl }] };
    expect(parseTierConfig(json, '/etc/liandong')).toMatchObject({
      ok: true,
      value: {
        links: [
          {
            ...{ peer: '431000', via: 'kafka', ...brokers },
            tls: {
              caFile: '/etc/liandong/ca.pem',
              certFile: '/keys/link.pem',
              keyFile: '/etc/liandong/link.key',
            },
            sasl: { ...sasl, passwordFile: '/etc/liandong/kafka.password' },
          },
        ],
      },
    });
  });

  it('names the ledger’s keys and policy, and the ledgers of the others', () => {
    const logKey = `liandong.example/431000/1+0123abcd+${'A'.repeat(44)}`;
    const [city, own] = county.members;
    const parsed = parseTierConfig(
      {
        ...county,
        members: [{ ...city, logKey }, own],
        keyFiles: { log: 'log.pem', witness: '/keys/witness.pem' },
        policyFile: 'policy',
      },
      '/etc/liandong',
    );
    expect(parsed).toMatchObject({
      ok: true,
      value: {
        members: [{ logKey }, {}],
        keyFiles: { log: '/etc/liandong/log.pem', witness: '/keys/witness.pem' },
        policyFile: '/etc/liandong/policy',
      },
    });
    expect(problemsOf({ ...county, members: [{ ...city, logKey: 'a b' }, own] })).toMatchObject([
      { field: 'members.0.logKey' },
    ]);
  });

  it('names what letters are encrypted to, and the file that opens those to this tier', () => {
    const letterKey = { keyId: '0123abcd', publicKey: `${'B'.repeat(43)}=` };
    const [city, own] = county.members;
    const members = [city, { ...own, letterKey }];
    const keyFiles = { exchange: 'exchange.pem', log: 'log.pem', letters: 'letters.pem' };
    expect(must({ ...county, members, keyFiles })).toMatchObject({
      members: [{}, { letterKey }],
      keyFiles: { letters: '/etc/liandong/letters.pem' },
    });
    expect(problemsOf({ ...county, members })).toMatchObject([{ field: 'keyFiles.letters' }]);
    const short = { ...own, letterKey: { ...letterKey, publicKey: 'AAAA' } };
    expect(problemsOf({ ...county, members: [city, short], keyFiles })).toMatchObject([
      { field: 'members.1.letterKey.publicKey' },
    ]);
  });

  it('of a process that does not keep the ledger does without what keeps it', () => {
    const { keyFiles: _, evidenceFolder: __, ...counter } = county;
    expect(problemsOf(counter)).toEqual([]);
  });

  it('tells whose policy is missing, and what to write', () => {
    const [city, { policy: _, ...own }] = county.members as [object, { policy: string }];
    expect(problemsOf({ ...county, members: [city, own] })).toEqual([
      {
        field: 'members.1.policy',
        rule: expect.stringMatching(/tlog-policy.*由该层级给出 · is needed: the tlog-policy/),
        found: '没有 · nothing',
      },
    ]);
  });

  it('says how its ledger is kept, or leaves it at the usual', () => {
    expect(parseTierConfig(county, '/etc/liandong')).toMatchObject({
      value: { ledger: { scrubSeconds: 3_600, timeToleranceSeconds: 300 } },
    });
    expect(parseTierConfig({ ...county, ledger: { scrubSeconds: 60 } }, '/etc/liandong')).toMatchObject({
      value: { ledger: { scrubSeconds: 60, timeToleranceSeconds: 300 } },
    });
  });

  it('names the copies of its data, and how long a record is kept', () => {
    const { privacy, copies } = must({
      ...county,
      privacy: { retentionYears: 30 },
      copies: { exports: ['exports/2026'], backups: ['/var/backups/liandong'] },
    });
    expect(privacy).toEqual({ retentionYears: 30 });
    expect(copies).toEqual({
      exports: ['/etc/liandong/exports/2026'],
      backups: ['/var/backups/liandong'],
    });
    expect(must(county)).toMatchObject({
      privacy: { retentionYears: 10 },
      copies: { exports: [], backups: [] },
    });
    for (const [change, field] of [
      [{ privacy: { retentionYears: -1 } }, 'privacy.retentionYears'],
      [{ privacy: { retentionYears: 0.5 } }, 'privacy.retentionYears'],
      [{ copies: { exports: [''] } }, 'copies.exports.0'],
      [{ copies: { elsewhere: [] } }, 'copies'],
    ] as const)
      expect(problemsOf({ ...county, ...change }).map((problem) => problem.field)).toEqual([field]);
  });

  it.each([
    ['a field nobody knows', { ...county, colour: 'red' }, ''],
    ['a tier that is no division code', { ...county, tier: '43' }, 'tier'],
    ['a tier outside the network', { ...county, tier: '431022' }, 'tier'],
    ['an epoch the members do not know', { ...county, epoch: 2 }, 'epoch'],
    ['an address without a port', { ...county, parentLink: { address: 'localhost' } }, 'parentLink.address'],
    ['a link above the top', { ...county, tier: '431000' }, 'parentLink'],
    ['a ledger without its key', { ...county, keyFiles: { exchange: 'exchange.pem' } }, 'keyFiles.log'],
    ['a ledger without a place for evidence', { ...county, evidenceFolder: undefined }, 'evidenceFolder'],
    ['a scrub that never rests', { ...county, ledger: { scrubSeconds: 0 } }, 'ledger.scrubSeconds'],
    ['a heartbeat rarer than silence is told', { ...county, heartbeatSeconds: 61 }, 'heartbeatSeconds'],
    ['a network without a top', { ...county, members: [{ ...county.members[1] }] }, 'members'],
    [
      'an unknown superior',
      { ...county, members: [county.members[0], { ...county.members[1], parent: '431099' }] },
      'members.1.parent',
    ],
    ['a tier twice', { ...county, members: [...county.members, county.members[1]] }, 'members'],
    [
      'a link to a tier that is no neighbour',
      { ...county, links: [{ peer: '431099', via: 'kafka', brokers: ['k:9092'] }] },
      'links.0.peer',
    ],
    [
      'two lines of one link',
      {
        ...county,
        links: [
          { peer: '431000', via: 'grpc' },
          { peer: '431000', via: 'kafka', brokers: ['k:9092'] },
        ],
      },
      'links.1.peer',
    ],
    ['a link without brokers', { ...county, links: [{ peer: '431000', via: 'kafka' }] }, 'links.0.brokers'],
    [
      'a rule pack counted in no way that is known',
      { ...county, rulePack: { pack: 'hunan-2018@1', convention: 'guessed' } },
      'rulePack.convention',
    ],
    [
      'rules from a day that is none',
      { ...county, rulePack: { pack: 'hunan-2018@1', convention: 'started', effectiveFrom: '2026-02-30' } },
      'rulePack.effectiveFrom',
    ],
    ['a link by pigeon', { ...county, links: [{ peer: '431000', via: 'pigeon' }] }, 'links.0.via'],
    [
      'half a certificate',
      {
        ...county,
        links: [{ peer: '431000', via: 'kafka', brokers: ['k:9092'], tls: { certFile: 'c.pem' } }],
      },
      'links.0.tls',
    ],
    [
      'superiors in a circle',
      {
        ...county,
        members: [
          ...county.members,
          { tier: '431022', parent: '431023', name: 'a', keys: [], policy: 'log …' },
          { tier: '431023', parent: '431022', name: 'b', keys: [], policy: 'log …' },
        ],
      },
      'members.2.parent',
    ],
    [
      'a key that is not one',
      {
        ...county,
        members: [county.members[0], { ...county.members[1], keys: [{ ...key, publicKey: 'x' }] }],
      },
      'members.1.keys.0.publicKey',
    ],
  ])('is refused for %s, naming the field', (_, json, field) => {
    expect(problemsOf(json).map((problem) => problem.field)).toContain(field);
  });

  it('names the former epochs of each member, oldest first and without a gap', () => {
    const policy = 'log …';
    const withEpochs = (epoch: number, ...earlier: readonly number[]) => ({
      ...{ ...county, epoch },
      members: [
        county.members[0],
        { ...county.members[1], epoch, earlier: earlier.map((each) => ({ epoch: each, policy })) },
      ],
    });
    expect(must(withEpochs(3, 1, 2)).members[1]).toMatchObject({
      ...{ epoch: 3, policy },
      earlier: [
        { epoch: 1, policy },
        { epoch: 2, policy },
      ],
    });
    for (const [epoch, ...earlier] of [
      [3, 2, 1],
      [3, 1],
      [4, 1, 3],
      [2, 1, 2],
      [1, 2],
    ] as const)
      expect(problemsOf(withEpochs(epoch, ...earlier))).toMatchObject([
        { field: 'members.1.earlier', rule: expect.stringMatching(/由旧到新.* · .*oldest first/) as unknown },
      ]);
    const [city, own] = withEpochs(2, 1).members;
    for (const [earlier, field] of [
      [[{ epoch: 1 }], 'members.1.earlier.0.policy'],
      [[{ epoch: '1', policy }], 'members.1.earlier.0.epoch'],
      [[{ epoch: 1, policy, keys: [] }], 'members.1.earlier.0'],
    ] as const)
      expect(
        problemsOf({ ...county, epoch: 2, members: [city, { ...own, earlier }] }).map((each) => each.field),
      ).toEqual([field]);
  });

  it('names the rule pack that supervision begins with, and is told which there are if it is none of them', () => {
    const rulePack = { pack: 'hunan-2018@1', convention: 'started', effectiveFrom: '2026-01-01' };
    expect(must({ ...county, rulePack }).rulePack).toEqual(rulePack);
    expect(packNamed(rulePack.pack)).toBe(hunan2018);
    for (const pack of ['hunan-2018@2', 'hunan-2018', 'constructor'])
      expect(problemsOf({ ...county, rulePack: { ...rulePack, pack } })).toEqual([
        {
          field: 'rulePack.pack',
          rule: expect.stringMatching(
            /请写 hunan-2018@1、strict-2026@1 · .*: write hunan-2018@1 or strict-2026@1/,
          ),
          found: `"${pack}"`,
        },
      ]);
  });

  it('tells an operator the file, the field and the rule', () => {
    const folder = mkdtempSync(join(tmpdir(), 'tier-config-'));
    try {
      const file = join(folder, 'tier.json');
      writeFileSync(file, JSON.stringify({ ...county, tier: '43' }));
      expect(() => loadTierConfig(file)).toThrow(
        /tier\.json.*\n {2}tier: 6 或 9 位区划代码 · a division code.*found: "43"/,
      );
      writeFileSync(file, '{');
      expect(() => loadTierConfig(file)).toThrow(/cannot read the tier configuration/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('names all that is wrong at once, between fields too', () => {
    const json = {
      ...county,
      network: 'UPPER',
      epoch: 2,
      listen: { approvalHttp: { host: '127.0.0.1', port: 70_000 } },
      links: [{ peer: '431099', via: 'grpc' }],
    };
    expect(problemsOf(json).map(({ field }) => field)).toEqual([
      'network',
      'listen.approvalHttp.port',
      'epoch',
      'links.0.peer',
    ]);
  });

  it('says what was found, in both languages, and never what may be a secret', () => {
    const url = 'postgres://tier:hunter2@db/tier';
    const pem = '-----BEGIN PRIVATE KEY-----\nMC4CAQ';
    const sasl = { mechanism: 'rot13', username: '', passwordFile: ['hunter2'] };
    const json = {
      ...county,
      network: url,
      epoch: 'one',
      parentLink: { address: pem },
      keyFiles: { exchange: 7, password: 'hunter2' },
      secretFile: { hunter2: true },
      links: [{ peer: '431000', via: 'kafka', brokers: [url], sasl }],
    };
    const problems = problemsOf(json);
    expect(problems.map(({ field, found }) => [field, found])).toEqual([
      ['network', `${url.length} 个字符，不予显示 · ${url.length} characters, not shown`],
      ['epoch', '"one"'],
      ['parentLink.address', `${pem.length} 个字符，不予显示 · ${pem.length} characters, not shown`],
      ['links.0.brokers.0', `${url.length} 个字符，不予显示 · ${url.length} characters, not shown`],
      ['links.0.sasl.mechanism', '"rot13"'],
      ['links.0.sasl.username', '""'],
      ['links.0.sasl.passwordFile', '列表 · a list'],
      ['keyFiles.exchange', '7'],
      ['keyFiles', '对象 · an object'],
      ['secretFile', '对象 · an object'],
    ]);
    expect(JSON.stringify(problems)).not.toMatch(/hunter2|MC4CAQ/);
    for (const { rule } of problems) expect(rule).toMatch(/[\u4e00-\u9fff].* · [A-Z0-9a-z]/);
  });
});
