import { utf8 } from '@liandong/kernel';
import type { Heartbeat, HeartbeatStatement } from '../ports/link-transport.ts';
import type { ExchangeDeps } from './deps.ts';

/** What an author signs about a feed. Names the network, so that it means nothing elsewhere. */
const statementBytes = (network: string, statement: HeartbeatStatement): Uint8Array => {
  const { feed, head, digest, received, receivedDigest, waiting, parked, time } = statement;
  const ours = [network, feed.author, feed.destination, head, digest];
  const theirs = [received, receivedDigest, waiting, parked, time];
  return utf8(`liandong/heartbeat/v1\n${[...ours, ...theirs].join('\n')}\n`);
};

export const heartbeat = (
  { self, sign }: Pick<ExchangeDeps, 'self' | 'sign'>,
  statement: HeartbeatStatement,
): Heartbeat => ({ kind: 'heartbeat', ...statement, ...sign(statementBytes(self.network, statement)) });

export const isGenuine = (
  { self, verify }: Pick<ExchangeDeps, 'self' | 'verify'>,
  beat: Heartbeat,
): boolean => verify(beat.feed.author, statementBytes(self.network, beat), beat);
