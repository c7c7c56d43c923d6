import { sha256 } from '@liandong/adapters/crypto';
import {
  assessmentBook,
  assessmentDesk,
  type DecodeFact,
  regionBook,
  staffOfTier,
} from '@liandong/application';
import {
  decodeAssessmentFact,
  decodeCardFact,
  decodeCaseFact,
  decodeDepartmentFact,
  decodeTierFact,
  type TierConfig,
} from '@liandong/contracts';
import type { AssessmentFact } from '@liandong/domain/assessment';
import { decodeEvent } from '@liandong/kernel';
import type { Assessments } from '@liandong/services/supervision';
import { type Access, authoringOf } from './tier.ts';

/** The assessment of one tier. It holds the tier's secret, or it could not tell who acted. */
export const assessmentsOf = (config: TierConfig, access: Access): Assessments => {
  const { store } = access;
  const authoring = authoringOf(config, access);
  const directory = regionBook(store, ({ bytes }) => {
    const envelope = decodeEvent(bytes);
    return decodeTierFact(envelope) ?? decodeDepartmentFact(envelope);
  });
  const book = assessmentBook(store, sha256, decode);
  const desk = assessmentDesk({
    ...{ tier: config.tier, store, authoring, book, decode },
    ...{ caseFactOf: decodeCaseFact, decodeCards: decodeCardFact },
    staffNow: staffOfTier(authoring, directory),
  });
  return { tier: config.tier, book, desk };
};

const decode: DecodeFact<AssessmentFact> = ({ bytes }) => decodeAssessmentFact(decodeEvent(bytes));
