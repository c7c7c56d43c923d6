import { ok, refuse, type Result, type TierCode, toHex, utf8 } from '@liandong/kernel';
import type { Hello, LinkConnection, LinkFrame } from '../ports/link-transport.ts';
import type { ExchangeDeps } from './deps.ts';

export const protocol = 1;

export type HandshakeRefusal = {
  readonly code:
    | 'no-answer'
    | 'not-a-greeting'
    | 'another-network'
    | 'another-protocol'
    | 'unknown-tier'
    | 'not-a-neighbour'
    | 'another-tier'
    | 'another-epoch'
    | 'nonce-too-short'
    | 'proof-refused'
    | 'link-stopped';
  readonly peer?: TierCode;
};

type Deps = Pick<ExchangeDeps, 'self' | 'epochOf' | 'tree' | 'sign' | 'verify' | 'newNonce' | 'book'>;

const shortestNonce = 16;

/** Signed by each side: both nonces and both names, so a proof is good for this one connection only. */
const provenBytes = (
  network: string,
  prover: TierCode,
  hers: Uint8Array,
  verifier: TierCode,
  his: Uint8Array,
) => utf8(`liandong/link/v1\n${network}\n${prover}\n${toHex(hers)}\n${verifier}\n${toHex(his)}\n`);

/**
 * Both sides say who they are and prove it with their exchange keys. Nothing of a
 * feed travels before. `expected` is whom we dialled; without it any neighbour may come.
 */
export const shakeHands = async (
  deps: Deps,
  connection: LinkConnection,
  next: () => Promise<LinkFrame | undefined>,
  expected?: TierCode,
): Promise<Result<TierCode, HandshakeRefusal>> => {
  const { self, epochOf, tree, sign, verify, newNonce, book } = deps;
  const { network, tier, epoch } = self;
  const nonce = newNonce();
  await connection.send({ kind: 'hello', network, tier, epoch, protocol, nonce });

  const hello = await next();
  if (hello === undefined) return refuse({ code: 'no-answer' });
  if (hello.kind !== 'hello') return refuse({ code: 'not-a-greeting' });
  const objection = objectionTo(hello);
  if (objection !== undefined) return refuse({ code: objection, peer: hello.tier });
  if ((await book.stoppedLinks()).some(({ peer }) => peer === hello.tier))
    return refuse({ code: 'link-stopped', peer: hello.tier });

  await connection.send({
    kind: 'proof',
    ...sign(provenBytes(network, tier, nonce, hello.tier, hello.nonce)),
  });
  const proof = await next();
  if (proof === undefined) return refuse({ code: 'no-answer', peer: hello.tier });
  return proof.kind === 'proof' &&
    verify(hello.tier, provenBytes(network, hello.tier, hello.nonce, tier, nonce), proof)
    ? ok(hello.tier)
    : refuse({ code: 'proof-refused', peer: hello.tier });

  function objectionTo(hello: Hello): HandshakeRefusal['code'] | undefined {
    if (hello.network !== network) return 'another-network';
    if (hello.protocol !== protocol) return 'another-protocol';
    if (!tree.has(hello.tier)) return 'unknown-tier';
    if (tree.nextHop(tier, hello.tier) !== hello.tier) return 'not-a-neighbour';
    if (expected !== undefined && hello.tier !== expected) return 'another-tier';
    if (hello.epoch !== epochOf(hello.tier)) return 'another-epoch';
    if (hello.nonce.length < shortestNonce) return 'nonce-too-short';
    return undefined;
  }
};
