import { newNonce, sealer, sha256, statementSigner, verifyStatement } from '@liandong/adapters/crypto';
import { grpcDial } from '@liandong/adapters/grpc';
import { memoryLinkBook } from '@liandong/adapters/memory';
import {
  type Feed,
  type Hello,
  type LinkConnection,
  type LinkFrame,
  networkTree,
  type Receipt,
  shakeHands,
} from '@liandong/application';
import { privateKeyOf } from '@liandong/assembly';
import type { TierConfig } from '@liandong/contracts';
import {
  type CommitSeal,
  decodeEvent,
  type Envelope,
  eventBytes,
  eventHash,
  eventId,
  joinParents,
  parentsOf,
  sourceOf,
  type StreamName,
  type TierCode,
  twentyDigits,
} from '@liandong/kernel';
import { randomUUID } from 'node:crypto';
import type { ProcessNetwork } from './network.ts';
import type { RogueLog } from './rogue-log.ts';

/** What a tier answered: it kept the entry, with a word about it, or stopped the link, or hung up. */
export type Reply =
  { readonly kept: readonly Receipt['code'][] } | { readonly stopped: string } | { readonly hungUp: string };

/** Someone with the true keys of a tier who says with them what they like. */
export type Rogue = {
  readonly feed: Feed;
  readonly connection: LinkConnection;
  readonly sign: ReturnType<typeof statementSigner>;
  /** The number the other side expects next in this tier's feed. */
  readonly next: number;
  /** Sends one entry under that number, or another. */
  readonly enter: (
    bytes: Uint8Array,
    more?: { seal?: CommitSeal; number?: number; feed?: Feed; proven?: false },
  ) => Promise<Reply>;
  /** Sends any frame and waits for a stop or the end. */
  readonly send: (frame: LinkFrame) => Promise<Reply>;
  readonly close: () => void;
};

export const sealOf = (
  config: TierConfig,
  bytes: Uint8Array,
  service: 'approval' | 'exchange' = 'approval',
) => {
  const { network, tier, epoch } = config;
  return sealer(
    service,
    sourceOf({ network, tier, epoch }),
    privateKeyOf(config, service),
  )([eventHash(sha256, bytes)]);
};

/** What the greeting says that is not so, and whose key signs it. */
export type Guise = { readonly hello?: Partial<Hello>; readonly signedBy?: TierConfig };

/** Dials and greets as the tier, or as somebody else. Gives the reason if the greeting is refused. */
export const rogueAt = async (
  address: string,
  superior: TierCode,
  own: TierConfig,
  log: RogueLog,
  { hello = {}, signedBy = own }: Guise = {},
): Promise<Rogue | { readonly refused: string }> => {
  const { network, tier, epoch, members } = own;
  const connection = await grpcDial()(address, AbortSignal.timeout(10_000));
  const frames = connection.frames[Symbol.asyncIterator]();
  let lastHeard = '';
  const next = async (): Promise<LinkFrame | undefined> => {
    const { done, value } = await frames.next();
    if (done === true) return undefined;
    if (value.kind === 'stop') lastHeard = value.code;
    return value;
  };
  const sign = statementSigner('exchange', privateKeyOf(signedBy, 'exchange'));
  const shaken = await shakeHands(
    {
      self: { network, tier, epoch },
      epochOf: () => 1,
      tree: networkTree(members),
      sign,
      verify: (of, bytes, signature) =>
        verifyStatement(members.find((each) => each.tier === of)?.keys ?? [], 'exchange', bytes, signature),
      newNonce,
      book: memoryLinkBook(tier),
    },
    {
      ...connection,
      send: (frame) => connection.send(frame.kind === 'hello' ? { ...frame, ...hello } : frame),
    },
    next,
    superior,
  ).catch((error: unknown) => ({ ok: false, refusal: { code: String(error) } }) as const);
  // Whatever this side makes of the greeting, the other side's word comes after it.
  const first = await next().catch(() => undefined);
  if (!shaken.ok || first?.kind !== 'resume') {
    connection.close();
    return { refused: lastHeard };
  }

  const feed = { author: tier, destination: superior };
  const place = first.places.find(
    ({ feed: { author, destination } }) => author === tier && destination === superior,
  );
  let number = 1 + (place?.after ?? 0);
  const reply = async (through: number): Promise<Reply> => {
    try {
      for (;;) {
        const frame = await next();
        if (frame === undefined) return { hungUp: '' };
        if (frame.kind === 'stop') return { stopped: frame.code };
        if (frame.kind === 'ack' && frame.through >= through) {
          number = frame.through + 1;
          return { kept: frame.receipts.map(({ code }) => code) };
        }
      }
    } catch (error) {
      return { hungUp: String(error) };
    }
  };
  const send = async (frame: LinkFrame, through: number) => {
    await connection.send(frame).catch(() => undefined);
    return reply(through);
  };
  return {
    ...{ feed, connection, sign },
    get next() {
      return number;
    },
    enter: (bytes, { seal = sealOf(own, bytes), number: at = number, feed: on = feed, proven } = {}) => {
      const { seq, proofs } = log.add(bytes);
      const entries = [{ seq, bytes, seal: 0 }];
      const block = { kind: 'block', feed: on, first: at, head: at, entries, seals: [seal] } as const;
      return send(proven === false ? block : { ...block, proofs }, at);
    },
    send: (frame) => send(frame, Number.MAX_SAFE_INTEGER),
    close: () => connection.close(),
  };
};

/** An event that stands on all its author's store holds of the stream; with changes for those who lie. */
export const drafter = async (net: ProcessNetwork, tier: TierCode, stream: StreamName) => {
  const { store } = net.access(tier);
  const { network, epoch } = net.config(tier);
  const source = sourceOf({ network, tier, epoch });
  const past = (await store.read(stream)).map(({ hash, bytes }) => ({ hash, envelope: decodeEvent(bytes) }));
  const named = new Set(past.flatMap(({ envelope }) => parentsOf(envelope)));
  const heads = past.filter(({ hash }) => !named.has(hash));
  const own = past.filter(({ envelope }) => envelope.source === source);
  const envelope = (change: Partial<Envelope> = {}): Envelope => ({
    specversion: '1.0',
    id: eventId(sha256, 'rogue', randomUUID(), 0),
    source,
    // A type of a later version, so that what is judged is the event's place and not its content.
    type: 'liandong.case.noted.v1',
    subject: stream,
    time: '2026-03-02T01:00:00.000Z',
    recordedtime: '2026-03-02T01:00:00.000Z',
    datacontenttype: 'application/json',
    dataschema: 'urn:test',
    sequence: twentyDigits(own.length + 1),
    parents: joinParents(heads.map(({ hash }) => hash)),
    height: twentyDigits(1 + Math.max(...heads.map(({ envelope: { height } }) => Number(height)))),
    term: '0.0',
    authtype: 'user',
    authid: 'rogue',
    data: {},
    ...change,
  });
  return {
    past,
    own,
    envelope,
    bytes: (change: Partial<Envelope> = {}) => eventBytes(envelope(change)),
  };
};
