import { toHex, utf8 } from '@liandong/kernel';
import type { Heartbeat, HeartbeatStatement } from '../ports/link-transport.ts';
import type { ExchangeDeps } from './deps.ts';

/** What an author signs about a feed. Names the network, so that it means nothing elsewhere. */
const statementBytes = (
  { self: { network }, sha256 }: Pick<ExchangeDeps, 'self' | 'sha256'>,
  statement: HeartbeatStatement,
): Uint8Array => {
  const { feed, head, digest, received, receivedDigest, waiting, parked, time, checkpoint } = statement;
  const ours = [network, feed.author, feed.destination, head, digest];
  const theirs = [received, receivedDigest, waiting, parked, time];
  const shown = checkpoint === undefined ? '' : toHex(sha256(checkpoint));
  return utf8(`liandong/heartbeat/v2\n${[...ours, ...theirs, shown].join('\n')}\n`);
};

export const heartbeat = (
  deps: Pick<ExchangeDeps, 'self' | 'sha256' | 'sign'>,
  statement: HeartbeatStatement,
): Heartbeat => ({ kind: 'heartbeat', ...statement, ...deps.sign(statementBytes(deps, statement)) });

export const isGenuine = (deps: Pick<ExchangeDeps, 'self' | 'sha256' | 'verify'>, beat: Heartbeat): boolean =>
  deps.verify(beat.feed.author, statementBytes(deps, beat), beat);
