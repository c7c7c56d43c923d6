import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keyedNames, newPrivateKey, newSalt, newTierSecret, sealer, sha256 } from '@liandong/adapters/crypto';
import { disclosureTable, memoryDisclosures, memoryEventStore } from '@liandong/adapters/memory';
import {
  type Authoring,
  caseDesk,
  type CaseDesk,
  caseReader,
  catalogueBook,
  catalogueReports,
  disclosedIn,
  erasureDesk,
  itemInForce,
  ownStreamHandler,
  readOwnStream,
  type Recorded,
  regionBook,
  type EventStore,
  start,
} from '@liandong/application';
import {
  checkOwnSchema,
  dataschemaOf,
  decodeCaseFact,
  decodeDepartmentFact,
  decodeItemFact,
  decodeTierFact,
  decodeUniformityFact,
} from '@liandong/contracts';
import { itemDecider, type ItemCommand, itemStream } from '@liandong/domain/catalogue';
import { superiorsOf } from '@liandong/domain/directory';
import { decodeEvent, ok, refuse, sourceOf } from '@liandong/kernel';
import { anchoredAtOnce, nothingToAwait } from '@liandong/testing';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { approvalDocument, approvalGrpc, type ApprovalDeps, ApprovalModule } from '../src/approval/index.ts';
import { authenticator, developmentIssuer, localKeys, type SamplePerson } from '../src/identity/index.ts';
import { createHttpApp, serveDocument } from '../src/platform/index.ts';
import { city, county, departments, legalDay, sampleOpening } from './sample-case.ts';

export const people = [
  { id: 'clerk', department: departments.centre, roles: ['windowClerk'], window: 'w-3' },
  { id: 'reviewer', department: departments.land, roles: ['reviewer'] },
  { id: 'approver', department: departments.land, roles: ['approver', 'leadCoordinator'] },
  { id: 'approver2', department: departments.land, roles: ['approver'] },
  { id: 'otherOrgan', department: departments.other, roles: ['reviewer'] },
  { id: 'agent', department: departments.centre, roles: ['agent'], agentPoint: '431021106201' },
  { id: 'otherAgent', department: departments.centre, roles: ['agent'], agentPoint: '431021106202' },
  { id: 'applicant', department: '', roles: ['applicant'] },
  { id: 'stranger', department: '', roles: ['applicant'] },
  { id: 'manager', department: departments.centre, roles: ['catalogueManager'] },
  { id: 'protector', department: departments.centre, roles: ['dataProtection'] },
  { id: 'operator', department: departments.centre, roles: ['operator'] },
  { id: 'auditor', department: departments.centre, roles: ['auditor'] },
  { id: 'supervisor', department: departments.centre, roles: ['supervisor'] },
  { id: 'nobody', department: departments.centre, roles: [] },
] as const;
export type PersonId = (typeof people)[number]['id'];

/** The counter of one county, whole and real but for its memory: HTTP, gRPC, identity, desk, store. */
export type Counter = {
  readonly url: string;
  readonly grpc: string;
  readonly app: NestFastifyApplication;
  readonly store: EventStore;
  readonly desk: CaseDesk;
  readonly token: (person: PersonId, options?: { readonly elsewhere?: boolean }) => Promise<string>;
  /** Puts an item of the superior tier into this tier's store, as if it had come over the link. */
  readonly cityPublishes: (
    command: Extract<ItemCommand, { readonly type: 'publishVersion' }>,
  ) => Promise<void>;
  readonly stored: () => Promise<number>;
  readonly close: () => Promise<void>;
};

const decodeItem = ({ bytes }: Recorded) => decodeItemFact(decodeEvent(bytes));

export const openCounter = async (
  changes: (deps: ApprovalDeps) => Partial<ApprovalDeps> = () => ({}),
): Promise<Counter> => {
  const author = { network: 'test.example', tier: county, epoch: 1 };
  const disclosures = disclosureTable();
  const store = memoryEventStore({
    seal: sealer('approval', sourceOf(author), newPrivateKey()),
    disclosures,
  });
  const authoring: Authoring = {
    author,
    clock: { now: () => new Date() },
    sha256,
    newSalt,
    checkOwnSchema,
    dataschemaOf,
    ...keyedNames(newTierSecret()),
  };
  const cases = caseReader(store, decodeCaseFact, sha256);
  const desk = caseDesk({
    store,
    cases,
    authoring,
    legalDay,
    anchoredFirst: nothingToAwait,
    resolveOpening: async ({ item, supplied, authorization, details }, by) =>
      item === 'homestead'
        ? ok({
            ...sampleOpening(by.authid, supplied, by.agentPoint, authorization),
            ...(details !== undefined && { details }),
          })
        : refuse({ code: 'item-not-found', item }),
  });

  const items = itemDecider(sha256);
  const region = regionBook(
    store,
    ({ bytes }) => decodeTierFact(decodeEvent(bytes)) ?? decodeDepartmentFact(decodeEvent(bytes)),
  );

  const issuers = await Promise.all(
    [county, city].map((tier) =>
      developmentIssuer({
        demonstration: true,
        issuer: 'http://127.0.0.1:1',
        audience: 'liandong',
        people: people.map((person): SamplePerson => ({ name: person.id, tier, ...person })),
      }),
    ),
  );
  const [here, elsewhere] = issuers;
  if (here === undefined || elsewhere === undefined) throw new Error('unreachable');

  const deps: ApprovalDeps = {
    desk,
    pseudonym: authoring.pseudonym,
    disclosedIn: (file) => disclosedIn(store, sha256, file),
    progress: { arrivals: { pendingIn: async () => [] }, standings: anchoredAtOnce },
    authenticate: authenticator({
      tier: county,
      issuer: here.issuer,
      audience: here.audience,
      keys: localKeys({ keys: issuers.flatMap(({ jwks }) => jwks.keys) }),
    }),
    lists: {
      cases: async () => ({ items: [] }),
      worklist: async () => ({ items: [] }),
      items: async () => ({ items: [] }),
    },
    catalogue: {
      clock: authoring.clock,
      superiors: [city],
      handle: ownStreamHandler(store, authoring, items, decodeItem),
      stateOf: async (tier, item) =>
        (await readOwnStream(store, items, decodeItem, itemStream(tier, item))).state,
      inForce: (item, day) => itemInForce({ store, authoring, decodeItem }, county, item, day),
    },
    reports: catalogueReports({
      ...{ tier: county, clock: authoring.clock, directory: region, superiorsOf },
      book: catalogueBook({
        ...{ store, sha256, decodeItem },
        decodeUniformity: ({ bytes }) => decodeUniformityFact(decodeEvent(bytes)),
      }),
    }),
    directory: async () => {
      await region.refresh();
      return region.directory();
    },
    parked: { list: async () => ({ rows: [] }), redrive: async () => [] },
    erasures: erasureDesk({
      ...{ store, authoring, cases, retentionYears: 10 },
      disclosures: memoryDisclosures(store, disclosures, sha256),
      decodeDepartment: ({ bytes }) => decodeDepartmentFact(decodeEvent(bytes)),
    }),
    readiness: [],
    followers: [],
  };
  const folder = mkdtempSync(join(tmpdir(), 'counter-'));
  const grpc = `unix:${folder}/grpc`;
  const app = await createHttpApp(ApprovalModule.with({ ...deps, ...changes(deps) }));
  serveDocument(app, approvalDocument(county));
  app.connectMicroservice(approvalGrpc({ url: grpc }), { inheritAppConfig: true });
  await app.startAllMicroservices();
  await app.listen(0, '127.0.0.1');

  return {
    url: await app.getUrl(),
    grpc,
    app,
    store,
    desk,
    token: async (person, options) =>
      (await (options?.elsewhere === true ? elsewhere : here).tokenFor(person)) ?? '',
    cityPublishes: async (command) => {
      const cityAuthoring = { ...authoring, author: { ...author, tier: city } };
      const done = await ownStreamHandler(
        store,
        cityAuthoring,
        items,
        decodeItem,
      )({
        ...{ principal: 'city', authtype: 'user', idempotencyKey: crypto.randomUUID() },
        ...{ stream: itemStream(city, command.version.code), command },
      });
      if (!done.ok) throw new Error(JSON.stringify(done.refusal));
    },
    stored: async () => (await store.readAll(start, 100_000)).length,
    close: async () => {
      await app.close();
      rmSync(folder, { recursive: true });
    },
  };
};

export type Answer = {
  readonly status: number;
  readonly type: string | null;
  // The shape is what the specs are about.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly body: any;
};

/** Someone with a token and an HTTP client. */
export const visitor = (counter: Counter, person: PersonId) => {
  const ask = async (path: string, init: RequestInit = {}, token?: string): Promise<Answer> => {
    const response = await fetch(`${counter.url}${path}`, {
      ...init,
      headers: {
        authorization: `Bearer ${token ?? (await counter.token(person))}`,
        ...(init.headers as Record<string, string> | undefined),
      },
    });
    const text = await response.text();
    return {
      status: response.status,
      type: response.headers.get('content-type'),
      body: text === '' ? undefined : JSON.parse(text),
    };
  };
  return {
    ask,
    get: (path: string) => ask(path),
    post: (path: string, body: unknown, key: string = crypto.randomUUID()) =>
      ask(path, {
        method: 'POST',
        body: typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body),
        headers: { 'content-type': 'application/json', 'idempotency-key': `"${key}"` },
      }),
  };
};
