import { caseReader, type RowsDeps } from '@liandong/application';
import { decodeEvent, type Sha256 } from '@liandong/kernel';
import { decodeCaseFact, decodeDepartmentFact, decodeItemFact, decodeTierFact } from './schemas/index.ts';

/** How the streams of a store become rows, with the schemas of this build. */
export const rowsWith =
  (sha256: Sha256) =>
  (store: RowsDeps['store']): RowsDeps => ({
    store,
    cases: caseReader(store, decodeCaseFact, sha256),
    decodeItem: ({ bytes }) => decodeItemFact(decodeEvent(bytes)),
    decodeDepartment: ({ bytes }) => decodeDepartmentFact(decodeEvent(bytes)),
    decodeTier: ({ bytes }) => decodeTierFact(decodeEvent(bytes)),
  });
