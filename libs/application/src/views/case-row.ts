import {
  type CaseKind,
  type CaseStatus,
  type CaseSummary,
  caseSummary,
  type ClosingResult,
  type Deadline,
  type ObligationSummary,
  type StepSummary,
} from '@liandong/domain/case';
import { type StreamName, termText, type TierCode } from '@liandong/kernel';
import type { CaseFile } from '../cases/case-file.ts';

/** A case as lists show it. No personal data: that is joined on reading, for those entitled. */
export type CaseRow = {
  readonly caseId: StreamName;
  readonly number: string;
  readonly ownNumber?: string;
  readonly itemCode: string;
  readonly itemVersion: string;
  readonly itemName: string;
  readonly kind: CaseKind;
  readonly pilot: boolean;
  readonly status: CaseStatus;
  readonly closing?: ClosingResult;
  readonly leadTier: TierCode;
  readonly leadDepartment: string;
  readonly intakeTier: TierCode;
  readonly intakeDepartment: string;
  readonly intakeAgentPoint?: string;
  readonly applicantKind: string;
  /** Pseudonym of the applicant in this case. */
  readonly applicantReference: string;
  readonly stage?: string;
  readonly steps: readonly StepSummary[];
  readonly missing: readonly string[];
  readonly obligations: readonly ObligationSummary[];
  readonly deadlines: readonly Deadline[];
  /** The nearest limit that runs. */
  readonly due?: string;
  readonly term: string;
  /** Events of the case that this tier holds in order, and how many of them the lead has filed. */
  readonly recorded: number;
  readonly registered: number;
  readonly digest: string;
  readonly openedAt: string;
  /** When the latest event of the case was recorded by its author. */
  readonly updatedAt: string;
  readonly withoutEffect: number;
  readonly needsUpgrade: boolean;
  readonly audience: readonly TierCode[];
  /** Every tier, and every `tier/department`, that has a part in the case. */
  readonly parties: readonly string[];
};

/** `undefined` for a case whose opening is not here or not yet understood. */
export const caseRow = (file: CaseFile): CaseRow | undefined => {
  const summary = caseSummary(file.state);
  if (summary === undefined) return undefined;
  const { status, number, item, kind, pilot, lead, intake, applicant, stage, deadlines } = summary;
  const { steps, missing, obligations, withoutEffect, needsUpgrade, audience, closing, openedAt } = summary;
  const due = deadlines[0]?.due;
  return {
    caseId: file.caseId,
    number: number.value,
    ...(number.own !== undefined && { ownNumber: number.own }),
    ...{ itemCode: item.code, itemVersion: item.version, itemName: item.name, kind, pilot, status },
    ...(closing !== undefined && { closing }),
    ...{ leadTier: lead.tier, leadDepartment: lead.department },
    ...{ intakeTier: intake.tier, intakeDepartment: intake.department },
    ...(intake.agentPoint !== undefined && { intakeAgentPoint: intake.agentPoint }),
    ...{ applicantKind: applicant.kind, applicantReference: applicant.reference },
    ...(stage !== undefined && { stage }),
    ...{ steps: steps.map(defined), missing, obligations: obligations.map(defined), deadlines },
    ...(due !== undefined && { due }),
    ...{ term: termText(file.term), recorded: file.events.length, registered: file.registered },
    ...{ digest: file.digest, openedAt, updatedAt: latest(file) },
    ...{ withoutEffect, needsUpgrade, audience, parties: partiesOf(summary) },
  };
};

/** Members that are `undefined` are left out, so that a row equals itself when it is read back. */
const defined = <Row extends object>(row: Row): Row =>
  Object.fromEntries(Object.entries(row).filter(([, value]) => value !== undefined)) as Row;

const latest = ({ events }: CaseFile): string =>
  events.reduce((last, { envelope }) => (envelope.recordedtime > last ? envelope.recordedtime : last), '');

const partiesOf = ({ lead, intake, steps, transfers, takeovers }: CaseSummary): readonly string[] => {
  const organs = [lead, intake, ...steps.map(({ organ }) => organ)];
  const before = [...transfers, ...takeovers].map(({ from }) => from);
  const parties = [...organs, ...before].flatMap(({ tier, department }) => [tier, `${tier}/${department}`]);
  return [...new Set(parties)].sort();
};
