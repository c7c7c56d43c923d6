import type { Fact } from '@liandong/kernel';

/**
 * Why a personal field is erased, and the clause that says so: 个人信息保护法
 * (Personal Information Protection Law), article 47, paragraph 1.
 */
export const erasureLaw = {
  /** 处理目的已实现、无法实现或者不再必要. */
  purposeAchieved: 'PIPL-47.1.1',
  /** 保存期限已届满. */
  retentionExpired: 'PIPL-47.1.2',
  /** 个人撤回同意. */
  consentWithdrawn: 'PIPL-47.1.3',
  /** 违反法律、行政法规或者违反约定处理个人信息. */
  unlawful: 'PIPL-47.1.4',
} as const;
export type ErasureGround = keyof typeof erasureLaw;
export const erasureGrounds = Object.keys(erasureLaw) as readonly ErasureGround[];

/** Stands in the stream of the events whose fields it erases, and goes wherever they went. */
export type Erased = Fact<
  'liandong.privacy.erased.v1',
  {
    /** Digests of the fields, sorted. */
    digests: readonly string[];
    ground: ErasureGround;
    /** The clause at the time of the erasure. */
    law: string;
    by: { role: 'dataProtection'; department?: string };
  }
>;

export const erasedType: Erased['type'] = 'liandong.privacy.erased.v1';

/** Whether an event is an erasure that names all of these digests. Read from foreign data as well. */
export const namesErased = (
  { type, data }: { readonly type: string; readonly data: unknown },
  digests: readonly string[],
): boolean => {
  const named = type === erasedType ? digestsNamed(data) : [];
  return digests.length > 0 && digests.every((digest) => named.includes(digest));
};

/** The digests an erasure names, as far as the data can be read. */
export const digestsNamed = (data: unknown): readonly string[] => textsIn(data, 'digests');

/** The digests of the personal fields that were withheld from an event. */
export const digestsWithheld = (data: unknown): readonly string[] => textsIn(data, '_sd');

const textsIn = (data: unknown, field: string): readonly string[] => {
  const list: unknown = typeof data === 'object' && data !== null ? Reflect.get(data, field) : undefined;
  return Array.isArray(list) ? list.filter((one) => typeof one === 'string') : [];
};
