import { belowZero } from '@liandong/application';
import type { TierCode } from '@liandong/kernel';
import { dropHeads, dropSeals, type Runs } from './rows.ts';

/** Takes note of the epoch in which a tier writes; where it is a later one, its feeds begin anew. */
export const beginEpoch = async (db: Runs, self: TierCode, tier: TierCode, epoch: number): Promise<void> => {
  const { rows } = await db.query<{ epoch: number }>('SELECT epoch FROM exchange.epoch WHERE tier = $1', [
    tier,
  ]);
  const before = rows[0]?.epoch;
  if (before === epoch) return;
  if (before !== undefined && before > epoch)
    throw new Error(`epoch ${epoch} of ${tier} is over: it writes in epoch ${before}`);
  await db.query(
    'INSERT INTO exchange.epoch (tier, epoch) VALUES ($1, $2) ON CONFLICT (tier) DO UPDATE SET epoch = $2',
    [tier, epoch],
  );
  if (before !== undefined) await beginAnew(db, self, tier, before);
};

const beginAnew = async (db: Runs, self: TierCode, tier: TierCode, before: number): Promise<void> => {
  await db.query(
    `INSERT INTO exchange.leaf (author, epoch, seq, hash)
     SELECT author, coalesce(epoch, $2), seq, hash FROM exchange.received
     WHERE author = $1 AND seq IS NOT NULL ON CONFLICT DO NOTHING`,
    [tier, before],
  );
  await db.query('DELETE FROM exchange.received WHERE author = $1', [tier]);
  await db.query(
    'UPDATE exchange.held SET number = -(number + $2::bigint) WHERE author = $1 AND number > 0',
    [tier, before * belowZero],
  );
  const { rows } = await db.query<{ seal: Buffer; head: Buffer | null }>(
    'DELETE FROM exchange.forward WHERE author = $1 RETURNING seal, head',
    [tier],
  );
  await dropSeals(
    db,
    rows.map(({ seal }) => seal),
  );
  await dropHeads(
    db,
    rows.map(({ head }) => head),
  );
  await db.query('DELETE FROM exchange.feed WHERE author = $1', [tier]);
  if (tier !== self) return;
  await db.query('DELETE FROM exchange.numbered');
  await db.query('UPDATE exchange.known SET seq = NULL WHERE seq IS NOT NULL');
  await db.query('UPDATE exchange.relay SET seq = 0');
};
