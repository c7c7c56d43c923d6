import { type Checkpoints, type Position, start } from '@liandong/application';
import type pg from 'pg';
import { textRows } from './rows.ts';

/** Checkpoints beside the events. A follower belongs to the role that saved it first; another's attempt throws. */
export const postgresCheckpoints = (pool: pg.Pool): Checkpoints => ({
  load: async (follower) => {
    const [row] = await textRows<[string]>(pool, load, [follower]);
    return row === undefined ? start : (BigInt(row[0]) as Position);
  },
  save: async (follower, position) => {
    await textRows(pool, save, [follower, String(position)]);
  },
});

const load = {
  name: 'store-checkpoint',
  text: 'SELECT position FROM store.checkpoint WHERE follower = $1',
};
const save = { name: 'store-save-checkpoint', text: 'SELECT store.save_checkpoint($1, $2)' };
