/**
 * The counter of one county in a process of its own, over one store or the other. Prints where
 * it is and a clerk's token as JSON; ends with its standard input.
 *
 *     node counter-process.ts ours <connection URL>
 *     node counter-process.ts message-db <connection URL> <connections>
 */
import 'reflect-metadata';
import { keyedNames, newPrivateKey, newSalt, newTierSecret, sealer, sha256 } from '@liandong/adapters/crypto';
import { openPool, postgresEventStore } from '@liandong/adapters/postgres';
import { type Authoring, caseDesk, caseReader, type EventStore } from '@liandong/application';
import { checkOwnSchema, dataschemaOf, decodeCaseFact } from '@liandong/contracts';
import { ok, sourceOf } from '@liandong/kernel';
import { ApprovalModule } from '@liandong/services/approval';
import { authenticator, developmentIssuer, localKeys } from '@liandong/services/identity';
import { createHttpApp } from '@liandong/services/platform';
import pg from 'pg';
import { messageDbStore } from '../rivals/message-db-store.ts';
import { noLedger, nothingToAwait } from './anchored.ts';
import { anyDay, authorAt, placeOf } from './sample-case.ts';

const [kind = '', url = '', connections = '32'] = process.argv.slice(2);
const place = placeOf('431');
const author = authorAt(place.county);

const openStore = (): EventStore => {
  if (kind === 'message-db')
    return messageDbStore(
      new pg.Pool({ connectionString: url, max: Number(connections), idleTimeoutMillis: 0 }),
    );
  const pool = openPool(url, { max: Number(connections) });
  return postgresEventStore({ pool, seal: sealer('approval', sourceOf(author), newPrivateKey()) });
};

const store = openStore();
const authoring: Authoring = {
  author,
  clock: { now: () => new Date() },
  sha256,
  newSalt,
  checkOwnSchema,
  dataschemaOf,
  ...keyedNames(newTierSecret()),
};
const { department } = place.opening.intake;
const issuer = await developmentIssuer({
  demonstration: true,
  issuer: 'http://127.0.0.1:1',
  audience: 'liandong',
  people: [
    { id: 'clerk', name: 'clerk', tier: place.county, department, roles: ['windowClerk'], window: 'w-3' },
  ],
});
const none = async () => ({ items: [] });
const notHere = () => Promise.reject(new Error('this counter knows no catalogue and no directory'));

const app = await createHttpApp(
  ApprovalModule.with({
    desk: caseDesk({
      store,
      authoring,
      legalDay: anyDay,
      anchoredFirst: nothingToAwait,
      cases: caseReader(store, decodeCaseFact, sha256),
      resolveOpening: async ({ supplied }, by) =>
        ok({ ...place.opening, supplied, applicant: { ...place.opening.applicant, reference: by.authid } }),
    }),
    pseudonym: authoring.pseudonym,
    disclosedIn: async () => new Map(),
    progress: { arrivals: { pendingIn: async () => [] }, standings: noLedger },
    authenticate: authenticator({
      tier: place.county,
      issuer: issuer.issuer,
      audience: issuer.audience,
      keys: localKeys(issuer.jwks),
    }),
    reports: { guide: notHere, uniformity: notHere, coverage: notHere },
    lists: { cases: none, worklist: none, items: none },
    catalogue: {
      clock: authoring.clock,
      superiors: [place.city],
      handle: notHere,
      stateOf: async () => ({ status: 'unknown' }),
      inForce: notHere,
    },
    directory: notHere,
    parked: { list: async () => ({ rows: [] }), redrive: async () => [] },
    erasures: { fields: notHere, erase: notHere },
    readiness: [],
    followers: [],
  }),
);
await app.listen(0, '127.0.0.1');
process.stdout.write(
  `${JSON.stringify({ url: await app.getUrl(), token: await issuer.tokenFor('clerk') })}\n`,
);
process.stdin.on('end', () => process.exit(0)).resume();
