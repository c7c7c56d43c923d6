import { sha256 } from '@liandong/adapters/crypto';
import {
  anchoredFirst,
  type Authoring,
  type CaseDesk,
  caseDesk,
  caseReader,
  type CatalogueBook,
  catalogueBook,
  type CatalogueReports,
  catalogueReports,
  type DecodeFact,
  type ErasureDesk,
  erasureDesk,
  itemInForce,
  type LedgerStandings,
  networkTree,
  ownStreamHandler,
  readOwnStream,
  type RegionBook,
  regionBook,
  resolveOpening,
  withNewestCalendar,
  type WorkingDaysBook,
} from '@liandong/application';
import {
  decodeCaseFact,
  decodeDepartmentFact,
  decodeItemFact,
  decodeTierFact,
  decodeUniformityFact,
  type TierConfig,
} from '@liandong/contracts';
import { numberByImplementation } from '@liandong/domain/case';
import { itemDecider, type ItemFact, itemStream, type UniformityFact } from '@liandong/domain/catalogue';
import { type DirectoryFact, levelOf } from '@liandong/domain/directory';
import { decodeEvent } from '@liandong/kernel';
import type { Catalogue } from '@liandong/services/approval';
import { wait } from './pause.ts';
import type { Access } from './tier.ts';
import type { OpenedViews } from './views.ts';

export type Counter = {
  readonly desk: CaseDesk;
  readonly catalogue: Catalogue;
  readonly items: CatalogueBook;
  readonly reports: CatalogueReports;
  readonly book: RegionBook;
  readonly erasures: ErasureDesk;
};

/** What decides at the counter of one tier: the desk for cases, the catalogue, the directory they read. */
export const counterOf = (
  config: TierConfig,
  { store, clock, disclosures }: Access,
  authoring: Authoring,
  views: OpenedViews,
  standings: LedgerStandings,
  workingDays: Pick<WorkingDaysBook, 'legalDay' | 'refresh'>,
): Counter => {
  const tree = networkTree(config.members);
  const book = regionBook(store, decodeDirectory);
  const decider = itemDecider(sha256);
  const items = catalogueBook({ store, sha256, decodeItem, decodeUniformity });
  const reports = catalogueReports({
    ...{ tier: config.tier, clock, book: items, directory: book },
    superiorsOf: tree.superiors,
  });
  const opening = {
    store,
    authoring,
    decodeItem,
    departmentFor: book.departmentFor,
    superiorsOf: tree.superiors,
    levelOf,
    numberCase: numberByImplementation,
    nextSerial: views.nextSerial,
  };
  const cases = caseReader(store, decodeCaseFact, sha256);
  const decides = caseDesk({
    store,
    authoring,
    anchoredFirst: anchoredFirst({ standings, wait, patience: config.anchorPatienceMs }),
    legalDay: workingDays.legalDay,
    cases,
    resolveOpening: async (...asked) => {
      await book.refresh();
      return resolveOpening(opening)(...asked);
    },
  });
  const desk = withNewestCalendar(decides, workingDays);
  const catalogue: Catalogue = {
    clock,
    superiors: tree.superiors(config.tier),
    handle: ownStreamHandler(store, authoring, decider, decodeItem),
    stateOf: async (tier, item) =>
      (await readOwnStream(store, decider, decodeItem, itemStream(tier, item))).state,
    inForce: (item, day) => itemInForce({ store, authoring, decodeItem }, config.tier, item, day),
  };
  const erasures = erasureDesk({
    ...{ store, disclosures, authoring, cases },
    decodeDepartment: ({ bytes }) => decodeDepartmentFact(decodeEvent(bytes)),
    retentionYears: config.privacy.retentionYears,
  });
  return { desk, catalogue, items, reports, book, erasures };
};

const decodeItem: DecodeFact<ItemFact> = ({ bytes }) => decodeItemFact(decodeEvent(bytes));

export const decodeUniformity: DecodeFact<UniformityFact> = ({ bytes }) =>
  decodeUniformityFact(decodeEvent(bytes));

const decodeDirectory: DecodeFact<DirectoryFact> = ({ bytes }) => {
  const envelope = decodeEvent(bytes);
  return decodeTierFact(envelope) ?? decodeDepartmentFact(envelope);
};
