import { workActs } from '@liandong/application';
import { caseKinds, caseStatuses } from '@liandong/domain/case';
import { z } from 'zod';
import { hash, instant, tier } from './answer-parts.ts';
import { Deadline, Obligation, Step } from './case-answers.ts';

export const CaseRowAnswer = z
  .strictObject({
    caseId: z.string(),
    number: z.string(),
    ownNumber: z.string().optional(),
    itemCode: z.string(),
    itemVersion: z.string(),
    itemName: z.string(),
    kind: z.enum(caseKinds),
    pilot: z.boolean(),
    status: z.enum(caseStatuses),
    closing: z.string().optional(),
    leadTier: tier,
    leadDepartment: z.string(),
    intakeTier: tier,
    intakeDepartment: z.string(),
    intakeAgentPoint: z.string().optional(),
    applicantKind: z.string(),
    applicantReference: z.string().describe('申请人在本案中的化名 · Pseudonym of the applicant in this case'),
    stage: z.string().optional(),
    steps: z.array(Step),
    missing: z.array(z.string()),
    obligations: z.array(Obligation),
    deadlines: z.array(Deadline),
    due: instant.optional().describe('最近的期限 · The nearest limit that runs'),
    term: z.string(),
    recorded: z.int(),
    registered: z.int(),
    digest: hash,
    openedAt: instant,
    updatedAt: instant,
    withoutEffect: z.int(),
    needsUpgrade: z.boolean(),
    audience: z.array(tier),
    parties: z.array(z.string()),
  })
  .meta({ id: 'CaseRow', description: '办件列表中的一行 · A case in a list' });

export const WorklistRowAnswer = z
  .strictObject({
    caseId: z.string(),
    key: z.string(),
    act: z.enum(workActs),
    tier,
    department: z.string(),
    roles: z.array(z.string()),
    step: z.string().optional(),
    due: instant.optional(),
    number: z.string(),
    itemName: z.string(),
    status: z.enum(caseStatuses),
  })
  .meta({ id: 'WorklistRow', description: '一项待办 · Something one organ has to do now' });
