import type {
  BodyNature,
  CaseKind,
  Channel,
  ExerciseLevel,
  ItemType,
  ServiceObject,
  SpecialProcedure,
  TrustLevel,
} from './code-lists.ts';

/** A text people read: mainland Simplified Chinese first, English second. */
export type Bilingual = { readonly zh: string; readonly en: string };

/** yyyy-mm-dd, a calendar day in Asia/Shanghai. */
export type LocalDate = string;

/** 设定依据. What could not be looked up says so: `verified: false`. */
export type LegalBasis = {
  readonly law: string;
  /** The edition the article number belongs to, as `2019` or `2004`. */
  readonly edition: string;
  readonly article: string;
  /** The organ the article makes competent. */
  readonly organ?: string;
  readonly verified: boolean;
  /** Where the wording was found; required when verified. */
  readonly source?: string;
  readonly note?: string;
};

export type Material = {
  readonly code: string;
  readonly name: Bilingual;
  readonly required: boolean;
  /** May be missing at acceptance under a written promise (容缺受理). */
  readonly tolerable: boolean;
  /** The determination steps that cannot be answered without it; all of them if absent. */
  readonly neededBy?: readonly string[];
  readonly trust: TrustLevel;
  readonly copies: number;
  readonly note?: Bilingual;
};

export type Fee = {
  readonly name: Bilingual;
  /** In fen per unit. */
  readonly amount: number;
  readonly unit: Bilingual;
  readonly basis: LegalBasis;
};

/** A tier of the case's own hierarchy, by level. */
export type Level = 'city' | 'county' | 'township';

/** An organ by the level of its tier and the public function it answers for. */
export type OrganRole = { readonly level: Level; readonly department: string };

/**
 * `opinion`: an input to the lead's item. `determination`: the organ decides its own
 * item. `external`: decided above the network; the organ named here records it.
 */
export type StepKind = 'opinion' | 'determination' | 'external';

export type RouteStep = OrganRole & {
  readonly id: string;
  readonly name: Bilingual;
  readonly kind: StepKind;
  /** The step's own item; required for a determination and an external step. */
  readonly item?: { readonly code: string; readonly name: Bilingual };
  readonly legalBasis?: readonly LegalBasis[];
  /** The step's own limit in working days; 0 only for an external step, which no clock here runs for. */
  readonly days: number;
  readonly procedures: readonly SpecialProcedure[];
  /** Who may extend the step's own limit, once. */
  readonly extension?: Extension;
  /** The organ outside the network that decides an external step. */
  readonly externalOrgan?: Bilingual;
};

/** Steps of a stage run in parallel; stages follow one another. */
export type RouteStage = {
  readonly id: string;
  readonly name: Bilingual;
  /** One refusal ends the stage without waiting for the other steps. */
  readonly endsOnRefusal: boolean;
  readonly steps: readonly RouteStep[];
};

export type Route = {
  /** Registers, coordinates and concludes; decides nobody else's item. */
  readonly lead: OrganRole;
  readonly stages: readonly RouteStage[];
};

/** Working days. `null`: the law sets no limit (a public service). */
export type Limits = {
  readonly statutoryDays: number | null;
  readonly promisedDays: number;
  readonly deliveryDays: number;
  /** For the one notice of what is missing; silence after it is acceptance (行政许可法 art. 32). */
  readonly noticeDays: number;
  /** For the applicant to supply what the notice asks for. */
  readonly correctionDays: number;
};

/** Who may extend a decision, once, and by how much (行政许可法 art. 42). */
export type Extension = {
  readonly days: number;
  readonly by: 'organHead' | 'governmentHead';
  readonly basis: LegalBasis;
};

export type ItemStatus = 'inForce' | 'suspended' | 'cancelled';

/** One dated version of an item (事项), the used subset of GB/T 39046-2020 table 4. */
export type ItemVersion = {
  /** 基本编码, 12 digits. */
  readonly code: string;
  /** 1 for the first; every publication of the item counts one up. */
  readonly version: number;
  readonly status: ItemStatus;
  readonly effectiveFrom: LocalDate;
  /** The last day in force, where the text itself names one. */
  readonly effectiveTo?: LocalDate;
  readonly name: Bilingual;
  readonly summary?: Bilingual;
  readonly type: ItemType;
  readonly kind: CaseKind;
  readonly exerciseLevel: ExerciseLevel;
  readonly bodyNature: BodyNature;
  readonly legalBasis: readonly LegalBasis[];
  readonly conditions: readonly Bilingual[];
  readonly serviceObjects: readonly ServiceObject[];
  readonly channels: readonly Channel[];
  readonly agentable: boolean;
  readonly bookable: boolean;
  readonly queueable: boolean;
  /** Where an application may be handed in. */
  readonly intake: readonly OrganRole[];
  readonly route: Route;
  readonly materials: readonly Material[];
  readonly fees: readonly Fee[];
  readonly limits: Limits;
  readonly extension?: Extension;
  /** The document issued, if there is one. */
  readonly result?: Bilingual;
  readonly note?: Bilingual;
};
