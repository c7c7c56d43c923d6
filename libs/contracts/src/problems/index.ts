import type {
  AssessmentDeskRefusal,
  AuditRefusal,
  DeskRefusal,
  EpochRefusal,
  ErasureDeskRefusal,
  GuideRefusal,
  HandlingRefusal,
  OpeningRefusal,
  RecoveryRefusal,
  SchemaRefusal,
} from '@liandong/application';
import type { CalendarRefusal } from '@liandong/domain/calendar';
import type { ItemRefusal, NotInForce, RouteRefusal } from '@liandong/domain/catalogue';
import type { DepartmentRefusal, TierRefusal } from '@liandong/domain/directory';
import { applicationMeanings } from './application.ts';
import { assessmentMeanings } from './assessment.ts';
import { auditMeanings } from './audit.ts';
import { caseMeanings } from './case.ts';
import { catalogueMeanings } from './catalogue.ts';
import { calendarMeanings, directoryMeanings } from './directory.ts';
import { ledgerMeanings } from './ledger.ts';
import type { Meanings } from './meaning.ts';
import { privacyMeanings } from './privacy.ts';
import { grpcStatusOf, problemOf } from './problem.ts';
import { supervisionMeanings, type SupervisionRefusal } from './supervision.ts';

export type { Meaning, Meanings } from './meaning.ts';
export * from './problem.ts';

/** Everything the rules and the use cases say "no" with. Doors add their own. */
export type Refusal =
  | DeskRefusal
  | OpeningRefusal
  | HandlingRefusal
  | ItemRefusal
  | GuideRefusal
  | AssessmentDeskRefusal
  | NotInForce
  | RouteRefusal
  | TierRefusal
  | DepartmentRefusal
  | CalendarRefusal
  | ErasureDeskRefusal
  | SchemaRefusal
  | AuditRefusal
  | EpochRefusal
  | RecoveryRefusal
  | SupervisionRefusal;

/** One line per refusal: a new one does not compile until it says what callers see. */
export const meanings: Meanings<Refusal['code']> = {
  ...calendarMeanings,
  ...directoryMeanings,
  ...catalogueMeanings,
  ...caseMeanings,
  ...privacyMeanings,
  ...applicationMeanings,
  ...auditMeanings,
  ...ledgerMeanings,
  ...supervisionMeanings,
  ...assessmentMeanings,
};

export const toProblemJson = (refusal: Refusal) => problemOf(refusal, meanings[refusal.code]);

export const toGrpcStatus = (refusal: Refusal) => grpcStatusOf(refusal, meanings[refusal.code]);
