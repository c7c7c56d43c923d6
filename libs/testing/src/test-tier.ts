import {
  newPrivateKey,
  nodeSuite,
  sealer,
  sealVerifier,
  serviceKey,
  sha256,
  statementSigner,
  verifyStatement,
} from '@liandong/adapters/crypto';
import { encryptionKeyOf, letterCipher, newEncryptionKey } from '@liandong/adapters/jwe';
import {
  disclosureTable,
  memoryDeliveryBook,
  memoryDisclosures,
  memoryEventStore,
  memoryLinkBook,
} from '@liandong/adapters/memory';
import {
  authorKeys,
  caseAudience,
  defaultSettings,
  type DeliveryBook,
  type Disclosures,
  type EventStore,
  type ExchangeDeps,
  type LinkBook,
  type NetworkTree,
  type NewEvent,
  sealCheckBy,
  type ServiceKey,
  type SplitViewAlarm,
} from '@liandong/application';
import { decodeCaseFact, decodeLedgerFact } from '@liandong/contracts';
import {
  type Author,
  authorOf,
  caseStream,
  decodeEvent,
  type Envelope,
  eventBytes,
  eventHash,
  eventId,
  joinParents,
  ok,
  ownStream,
  parentsOf,
  type ServiceName,
  sourceOf,
  type StreamName,
  type TierCode,
  twentyDigits,
} from '@liandong/kernel';
import { type AnchoredLog, anchoredLog } from './anchored-log.ts';
import { randomBytes, randomUUID } from 'node:crypto';

export const testNetwork = 'test.example';

/** One tier with fresh keys and the means to say things as its services would. */
export type TestTier = {
  readonly code: TierCode;
  readonly author: Author;
  readonly keys: readonly ServiceKey[];
  readonly store: EventStore;
  readonly book: LinkBook;
  /** The clear text beside the events, and who has it. */
  readonly disclosures: Disclosures;
  readonly deliveries: DeliveryBook;
  /** What letters to it are encrypted to, as PEM. */
  readonly encryption: string;
  readonly log: AnchoredLog;
  /** What its exchange was shown of ledgers with two histories. */
  readonly splitViews: Parameters<SplitViewAlarm['seen']>[0][];
  /** An event at the heads of its stream as this tier's store shows them, with changes for those who lie. */
  readonly draft: (stream: StreamName, change?: Partial<Envelope>) => Promise<NewEvent>;
  /** Writes an event as the approval service does. */
  readonly say: (stream: StreamName, change?: Partial<Envelope>) => Promise<NewEvent>;
  readonly openCase: (audience: readonly TierCode[]) => Promise<StreamName>;
  readonly publish: (item: string) => Promise<StreamName>;
  readonly sealWith: (service: ServiceName, events: readonly NewEvent[]) => NonNullable<NewEvent['seal']>;
  readonly sign: ExchangeDeps['sign'];
};

export type Storage = {
  readonly store: (seal: ReturnType<typeof sealer>) => EventStore;
  readonly book: LinkBook;
};

export const testTierOf = (tier: string, storage?: Storage): TestTier => {
  const code = tier as TierCode;
  const author: Author = { network: testNetwork, tier: code, epoch: 1 };
  const source = sourceOf(author);
  const pems = {
    approval: newPrivateKey(),
    exchange: newPrivateKey(),
    supervision: newPrivateKey(),
    audit: newPrivateKey(),
  };
  const seal = sealer('approval', source, pems.approval);
  const clearText = disclosureTable();
  const store = storage?.store(seal) ?? memoryEventStore({ seal, disclosures: clearText });
  const book = storage?.book ?? memoryLinkBook(code);

  const draft: TestTier['draft'] = async (stream, change = {}) => {
    const past = (await store.read(stream)).map(({ hash, bytes }) => ({
      hash,
      envelope: decodeEvent(bytes),
    }));
    const named = new Set(past.flatMap(({ envelope }) => parentsOf(envelope)));
    const heads = past.filter(({ hash }) => !named.has(hash));
    const own = past.filter(({ envelope }) => envelope.source === source);
    const envelope: Envelope = {
      specversion: '1.0',
      id: eventId(sha256, 'test', randomUUID(), 0),
      source,
      type: stream.startsWith('case-') ? 'liandong.case.opinionGiven.v1' : 'liandong.item.noted.v1',
      subject: stream,
      time: '2026-03-02T01:00:00.000Z',
      recordedtime: '2026-03-02T01:00:00.000Z',
      datacontenttype: 'application/json',
      dataschema: 'urn:test',
      sequence: twentyDigits(own.length + 1),
      parents: joinParents(
        heads
          .map(({ hash }) => hash)
          .toSorted()
          .slice(0, 64),
      ),
      height: twentyDigits(1 + Math.max(0, ...heads.map(({ envelope: { height } }) => Number(height)))),
      term: '0.0',
      authtype: 'user',
      authid: 'p',
      data: {},
      ...change,
    };
    const bytes = eventBytes(envelope);
    return { envelope, bytes, hash: eventHash(sha256, bytes) };
  };

  const say: TestTier['say'] = async (stream, change) => {
    for (;;) {
      const event = await draft(stream, change);
      const appended = await store.append(stream, (await store.read(stream)).length, [event]);
      if (appended.ok) return event;
    }
  };

  return {
    code,
    author,
    keys: (['approval', 'exchange', 'supervision', 'audit'] as const).map((service) =>
      serviceKey(service, pems[service]),
    ),
    store,
    book,
    disclosures: memoryDisclosures(store, clearText, sha256),
    deliveries: memoryDeliveryBook(),
    encryption: newEncryptionKey(),
    log: anchoredLog(author),
    splitViews: [],
    draft,
    say,
    openCase: async (audience) => {
      const id = eventId(sha256, 'test', randomUUID(), 0);
      const stream = caseStream(sha256, source, id);
      await say(stream, { id, type: 'liandong.case.opened.v1', data: { audience } });
      return stream;
    },
    publish: async (item) => {
      const stream = ownStream('item', code, item);
      await say(stream);
      return stream;
    },
    sealWith: (service, events) => sealer(service, source, pems[service])(events.map(({ hash }) => hash)),
    sign: statementSigner('exchange', pems.exchange),
  };
};

/**
 * Everything an exchange of `tier` needs; time stands still and passes only when a test says so.
 * Nobody knows a key to encrypt to the `keyless`.
 */
export const exchangeDeps = (
  tier: TestTier,
  tree: NetworkTree,
  all: ReadonlyMap<TierCode, TestTier>,
  wait: ExchangeDeps['wait'],
  keyless: ReadonlySet<TierCode> = new Set(),
): ExchangeDeps => {
  const keysOf = (code: TierCode | undefined) => (code === undefined ? [] : (all.get(code)?.keys ?? []));
  const keys = authorKeys({
    keysOf: (source) => keysOf(authorOf(source)?.tier),
    factOf: decodeLedgerFact,
    verifyWith: (key, source, seal) => sealVerifier(() => [{ ...key, service: seal.service }])(source, seal),
  });
  let now = Date.UTC(2026, 2, 2);
  return {
    self: tier.author,
    tree,
    epochOf: () => 1,
    store: tier.store,
    book: tier.book,
    sealCheck: sealCheckBy(keys.verifySeal, keys.learn),
    ledger: {
      suite: nodeSuite(),
      policyOf: ({ tier: code, epoch }) => (epoch === 1 ? all.get(code)?.log.policy : undefined),
      own: tier.log.own,
      factOf: decodeLedgerFact,
      toleranceMs: 300_000,
      splitViews: {
        frozen: async () => new Set(tier.splitViews.map(({ origin }) => origin)),
        seen: async (view) => void tier.splitViews.push(view),
      },
    },
    privacy: {
      disclosures: tier.disclosures,
      deliveries: tier.deliveries,
      cipher: letterCipher((code) => {
        const to = keyless.has(code) ? undefined : all.get(code);
        return to && encryptionKeyOf(to.encryption);
      }, tier.encryption),
      factOf: decodeCaseFact,
    },
    checkSchema: (type) => ok(type === 'liandong.case.opinionGiven.v1' ? 'known' : 'unknown'),
    audienceGiven: caseAudience,
    sha256,
    clock: { now: () => new Date((now += 1)) },
    wait,
    sign: tier.sign,
    verify: (code, bytes, signature) => verifyStatement(keysOf(code), 'exchange', bytes, signature),
    newNonce: () => randomBytes(32),
    jitter: () => 0.5,
    settings: defaultSettings,
  };
};
