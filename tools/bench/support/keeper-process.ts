/**
 * The keeper of a ledger in a process of its own, as the exchange is one. Prints that it runs;
 * ends with its standard input.
 *
 *     node keeper-process.ts <connection URL of the exchange> <the service key of the seals>
 */
import { ed25519Signer, newPrivateKey, sealVerifier, sha256 } from '@liandong/adapters/crypto';
import { openPool, postgresEventStore } from '@liandong/adapters/postgres';
import { ledgerLease, postgresLedgerBook } from '@liandong/adapters/postgres-ledger';
import { activeKeeper, originOf, type ServiceKey } from '@liandong/application';
import { makeVKey } from '@liandong/ledger';
import { benchAuthor } from './events.ts';
import { wait } from './wait.ts';

const [url = '', key = '{}'] = process.argv.slice(2);
const pool = openPool(url);
const { publicKey, sign } = ed25519Signer(newPrivateKey());
const ending = new AbortController();
const keeping = activeKeeper({
  self: benchAuthor,
  store: postgresEventStore({ pool }),
  book: postgresLedgerBook(pool, benchAuthor.epoch),
  acquireLease: ledgerLease(url),
  sha256,
  verifySeal: sealVerifier(() => [JSON.parse(key) as ServiceKey]),
  logKey: { ...makeVKey(sha256, originOf(benchAuthor), 'ed25519', publicKey), type: 'ed25519' },
  sign,
  largestKnown: () => Promise.resolve({ heads: [], answers: [], of: 0, enough: true }),
  quorum: 0,
  clock: { now: () => new Date() },
  wait,
  alarm: (alarm) => {
    throw new Error(`the keeper alarms: ${JSON.stringify(alarm)}`);
  },
}).run(ending.signal);
process.stdout.write('{}\n');
process.stdin.on('end', () => ending.abort()).resume();
await keeping;
await pool.end();
process.exit(0);
