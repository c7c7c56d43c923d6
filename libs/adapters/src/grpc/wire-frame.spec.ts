import { exchangeProto, protoDir } from '@liandong/contracts';
import type { Heartbeat, LinkFrame } from '@liandong/application';
import { describe, expect, it } from '@jest/globals';
import type { EventHash, TierCode } from '@liandong/kernel';
import { loadSync } from '@grpc/proto-loader';
import fc from 'fast-check';
import { fromWire, MalformedFrame, toWire } from './wire-frame.ts';

const [county, township] = ['431021', '431021106'] as [TierCode, TierCode];
const feed = { author: township, destination: county };
const hash = 'ab'.repeat(32) as EventHash;
const signature = new Uint8Array(64).fill(7);
const bytes = new Uint8Array([1, 2, 3]);
const digest = 'n4bQgYhMfWWaL-qgxVrQFaO_TxsrC4Is0V1sFbDwCgg';

const beat: Heartbeat = {
  ...{ kind: 'heartbeat', feed, head: 0, digest: '', received: 3, receivedDigest: hash },
  ...{ waiting: 1, parked: 2, time: '2026-03-02T01:00:00.000Z', keyId: '0123abcd', signature },
};
const samples: readonly LinkFrame[] = [
  { kind: 'hello', network: 'n', tier: county, epoch: 1, protocol: 1, nonce: new Uint8Array(32) },
  { kind: 'proof', keyId: '0123abcd', signature },
  { kind: 'resume', opening: true, places: [{ feed, after: 2 ** 53 - 1 }] },
  {
    kind: 'block',
    feed,
    first: 4,
    head: 9,
    entries: [{ seq: 12, bytes, seal: 0 }],
    seals: [{ service: 'approval', keyId: '0123abcd', leaves: [hash, hash], signature }],
  },
  {
    kind: 'block',
    feed,
    first: 1,
    head: 2,
    entries: [
      { seq: 0, bytes, seal: 0 },
      { seq: 1, bytes, seal: 0 },
    ],
    seals: [{ service: 'approval', keyId: '0123abcd', leaves: [hash], signature }],
    proofs: {
      heads: [bytes],
      hashes: [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)],
      entries: [
        { head: 0, path: [0] },
        { head: 0, path: [1, 0] },
      ],
    },
  },
  { kind: 'ack', feed, through: 4, receipts: [{ number: 4, code: 'wrong-height' }] },
  beat,
  { ...beat, checkpoint: new Uint8Array([1, 2, 3]) },
  { kind: 'letter', feed, jwe: 'eyJhbGciOiJFQ0RILUVTK0EyNTZLVyJ9.a-_.b.c.d' },
  {
    kind: 'letterReceipt',
    feed,
    outcomes: (['held', 'erased', 'refused', 'not-yet'] as const).map((code) => ({ digest, code })),
    keyId: '0123abcd',
    signature,
  },
  { kind: 'stop', code: 'seal-forged', detail: 'x' },
];

type Method = {
  readonly requestSerialize: (message: object) => Buffer;
  readonly requestDeserialize: (bytes: Buffer) => { frame: unknown };
};
const loaded = loadSync(exchangeProto, {
  includeDirs: [protoDir],
  longs: Number,
  defaults: true,
  oneofs: true,
});
const { OpenLink } = loaded['liandong.exchange.v1.ExchangeService'] as unknown as { OpenLink: Method };
const overTheWire = (frame: object) =>
  OpenLink.requestDeserialize(OpenLink.requestSerialize({ frame })).frame;

describe('a frame on the wire', () => {
  it.each(samples)('comes out as it went in ($kind)', (frame) => {
    expect(fromWire(overTheWire(toWire(frame)))).toEqual(frame);
  });

  const block = samples[3] as Extract<LinkFrame, { kind: 'block' }>;
  const wireBlock = (change: object) => ({ block: { ...Reflect.get(toWire(block), 'block'), ...change } });
  const proven = samples[4] as Extract<LinkFrame, { kind: 'block' }>;
  const wireProofs = (change: object) => {
    const wire = Reflect.get(toWire(proven), 'block');
    return { block: { ...wire, proofs: { ...wire.proofs, ...change } } };
  };
  it.each([
    ['of no kind', {}],
    ['without its feed', wireBlock({ feed: undefined })],
    ['naming no tier', wireBlock({ feed: { author: '43', destination: county } })],
    ['without entries', wireBlock({ entries: [] })],
    ['numbered from 0', wireBlock({ first: 0 })],
    ['with a number beyond what a number can hold', wireBlock({ head: 2 ** 60 })],
    ['with an event too large', wireBlock({ entries: [{ seq: 1, event: Buffer.alloc(65_536), seal: 0 }] })],
    [
      'with too many entries',
      wireBlock({ entries: Array.from({ length: 501 }, () => ({ seq: 1, event: bytes })) }),
    ],
    ['sealed by nobody we know', wireBlock({ seals: [{ service: 'mayor', leaves: Buffer.alloc(32) }] })],
    ['with half a hash', wireBlock({ seals: [{ service: 'audit', leaves: Buffer.alloc(33) }] })],
    ['with proofs for other entries', wireProofs({ entries: [{ head: 0, path: [] }] })],
    ['with a proof under no head', wireProofs({ entries: [{ head: 0 }, { head: 1 }] })],
    ['with a proof that points at no hash', wireProofs({ entries: [{ head: 0, path: [2] }, { head: 0 }] })],
    ['with half a hash in its proofs', wireProofs({ hashes: Buffer.alloc(33) })],
    ['with a path longer than any tree is high', wireProofs({ entries: [{ path: Array(64).fill(0) }, {}] })],
    ['with a head too large', wireProofs({ heads: [Buffer.alloc(16_385)] })],
    ['with a letter too large', { letter: { feed, jwe: 'a'.repeat(2 * 1024 * 1024 + 1) } }],
    ['with a letter to no tier', { letter: { feed: { author: county, destination: '' }, jwe: 'a' } }],
    [
      'with an outcome we do not know',
      { letterReceipt: { feed, outcomes: [{ digest, code: 'lost' }], keyId: '0123abcd', signature } },
    ],
    [
      'with more outcomes than a letter has fields',
      { letterReceipt: { feed, outcomes: Array(1_025).fill({ digest, code: 'held' }), signature } },
    ],
    ['with control characters', { stop: { code: 'a\u0000', detail: '' } }],
    [
      'at no instant',
      {
        heartbeat: {
          ...samples.find(({ kind }) => kind === 'heartbeat'),
          digest: Buffer.alloc(32),
          receivedDigest: '',
          time: 'now',
        },
      },
    ],
    [
      'showing a checkpoint too long',
      { heartbeat: { ...Reflect.get(toWire(beat), 'heartbeat'), checkpoint: Buffer.alloc(16_385) } },
    ],
  ])('is refused %s', (_, wire) => {
    expect(() => fromWire(overTheWire(wire))).toThrow(MalformedFrame);
  });

  it('is either read or refused, whatever bytes come', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...samples),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        (frame, at, flip) => {
          const wire = OpenLink.requestSerialize({ frame: toWire(frame) });
          wire[at % wire.length] = (wire[at % wire.length] ?? 0) ^ flip;
          let decoded: unknown;
          try {
            decoded = OpenLink.requestDeserialize(wire).frame;
          } catch {
            return; // no protobuf at all: the library ends the call
          }
          try {
            fromWire(decoded);
          } catch (error) {
            expect(error).toBeInstanceOf(MalformedFrame);
          }
        },
      ),
      { numRuns: 3_000 },
    );
  });
});
