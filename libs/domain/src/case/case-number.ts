import { ok, refuse, type Result } from '@liandong/kernel';

/** How a case number is formed. Live systems differ, so the form is named beside the number. */
export const caseNumberProfiles = ['implementation31', 'free'] as const;
export type CaseNumberProfile = (typeof caseNumberProfiles)[number];

export type CaseNumber = {
  readonly profile: CaseNumberProfile;
  readonly value: string;
  /** The department's own number, always kept beside it. */
  readonly own?: string;
};

export type CaseNumberRefusal = {
  readonly code: 'case-number-invalid';
  readonly profile: CaseNumberProfile;
  readonly value: string;
};

const shapes: Readonly<Record<CaseNumberProfile, RegExp>> = {
  implementation31: /^[0-9A-Z]{31}(\d{4})(\d{2})(\d{2})\d{4}$/,
  free: /^[0-9A-Za-z\u4e00-\u9fff〔〕（）()/-]{1,50}$/,
};

/** 實施編碼 (31) + day of receipt + serial of that day. */
export const implementationNumber = (implementation: string, day: string, serial: number): string =>
  `${implementation}${day.replaceAll('-', '')}${String(serial).padStart(4, '0')}`;

/** Makes a case number for an item received on a local day (`2026-03-02`), the nth of that day. */
export type NumberCase = (implementation: string, day: string, serial: number) => CaseNumber;

export const numberByImplementation: NumberCase = (implementation, day, serial) => ({
  profile: 'implementation31',
  value: implementationNumber(implementation, day, serial),
});

export const validCaseNumber = (number: CaseNumber): Result<CaseNumber, CaseNumberRefusal> => {
  const [whole, year, month, day] = shapes[number.profile].exec(number.value) ?? [];
  if (whole === undefined || (year !== undefined && !isDay(Number(year), Number(month), Number(day))))
    return refuse({ code: 'case-number-invalid', profile: number.profile, value: number.value });
  return ok(number);
};

const isDay = (year: number, month: number, day: number): boolean => {
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
};
