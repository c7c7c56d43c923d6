import type {
  Bilingual,
  ItemVersion,
  Level,
  LegalBasis,
  Limits,
  Material,
  OrganRole,
  PublicationVerb,
  PublishVersion,
  RouteStage,
  RouteStep,
} from '@liandong/domain/catalogue';
import type { DepartmentRole } from '@liandong/domain/directory';

export const text = (zh: string, en: string): Bilingual => ({ zh, en });

export const organ = (level: Level, department: DepartmentRole): OrganRole => ({ level, department });

/** All publications of one item, in their order. */
export type ShippedItem = { readonly code: string; readonly publications: readonly PublishVersion[] };

type Said = Partial<ItemVersion> &
  Pick<
    ItemVersion,
    | 'effectiveFrom'
    | 'name'
    | 'type'
    | 'kind'
    | 'exerciseLevel'
    | 'legalBasis'
    | 'intake'
    | 'route'
    | 'limits'
  >;
export type Edition = Said & {
  readonly verb?: PublicationVerb;
  readonly into?: readonly string[];
};

const usual = {
  status: 'inForce',
  bodyNature: '1',
  conditions: [],
  serviceObjects: ['1'],
  channels: ['1', '2'],
  agentable: true,
  bookable: true,
  queueable: true,
  materials: [],
  fees: [],
} as const satisfies Partial<ItemVersion>;

/** Numbers the editions of an item and turns each into the command that publishes it. */
export const shipped = (code: string, ...editions: readonly Edition[]): ShippedItem => ({
  code,
  publications: editions.map(({ verb, into, ...said }, n) => ({
    type: 'publishVersion',
    verb: verb ?? (n === 0 ? 'add' : 'change'),
    version: { ...usual, ...said, code, version: n + 1 },
    ...(into === undefined ? {} : { into }),
  })),
});

export const days = (
  statutoryDays: number | null,
  promisedDays: number,
  more: Partial<Limits> = {},
): Limits => ({
  statutoryDays,
  promisedDays,
  deliveryDays: 10,
  noticeDays: 5,
  correctionDays: 15,
  ...more,
});

type StepParts = Partial<Omit<RouteStep, 'id' | 'name' | 'kind' | 'days'>> & OrganRole;

export const opinion = (id: string, name: Bilingual, days: number, parts: StepParts): RouteStep => ({
  procedures: [],
  ...parts,
  id,
  name,
  kind: 'opinion',
  days,
});

/** The organ decides an item of its own, named by its basic code. */
export const determination = (
  id: string,
  name: Bilingual,
  days: number,
  itemCode: string,
  legalBasis: readonly LegalBasis[],
  parts: StepParts,
): RouteStep => ({
  procedures: [],
  ...parts,
  id,
  name,
  kind: 'determination',
  item: { code: itemCode, name },
  legalBasis,
  days,
});

/** Decided outside the network; the organ named by `parts` records it. */
export const external = (
  id: string,
  name: Bilingual,
  itemCode: string,
  externalOrgan: Bilingual,
  legalBasis: readonly LegalBasis[],
  parts: StepParts,
): RouteStep => ({
  procedures: [],
  ...parts,
  id,
  name,
  kind: 'external',
  item: { code: itemCode, name },
  externalOrgan,
  legalBasis,
  days: 0,
});

export const stage = (
  id: string,
  name: Bilingual,
  steps: readonly RouteStep[],
  endsOnRefusal = true,
): RouteStage => ({ id, name, endsOnRefusal, steps });

/** A material that must be there; `more` says otherwise. */
export const material = (
  code: string,
  name: Bilingual,
  trust: Material['trust'],
  more: Partial<Material> = {},
): Material => ({ code, name, required: true, tolerable: false, trust, copies: 1, ...more });

export const applicationForm = material('application-form', text('申请表', 'Application form'), 'D');
export const identityCard = material('identity-card', text('居民身份证', 'Identity card'), 'A');
export const householdBook = material('household-book', text('居民户口簿', 'Household register'), 'A');
export const businessLicence = material('business-licence', text('营业执照', 'Business licence'), 'A');
