import { describe, expect, it } from '@jest/globals';
import type { TierCode, WithDigests } from '@liandong/kernel';
import type { z } from 'zod';
import { data, line, optional, tierCode } from './parts.ts';
import type { SameType } from './same-type.ts';

type Declared = {
  readonly tier: TierCode;
  readonly note?: string;
  readonly many: readonly { readonly n: TierCode }[];
};

const exact = data({
  tier: tierCode,
  note: optional(line(9)),
  many: data({ n: tierCode }).omit({ _sd: true }).array(),
});
const _wider = exact.extend({ surplus: optional(line(9)) });
const _narrower = exact.omit({ note: true });
const _looser = exact.extend({ tier: line(9) });
const _deeper = exact.extend({ many: data({ n: tierCode }).array() });

const same = <A, B>(answer: SameType<A, B>) => answer;

describe('the comparison of a schema with the type it stands for', () => {
  it('accepts exactly the same members', () => {
    expect(same<z.output<typeof exact>, WithDigests<Declared>>(true)).toBe(true);
  });

  it('sees a surplus optional member, a missing one, a lost brand and a deep difference', () => {
    expect([
      same<z.output<typeof _wider>, WithDigests<Declared>>(false),
      same<z.output<typeof _narrower>, WithDigests<Declared>>(false),
      same<z.output<typeof _looser>, WithDigests<Declared>>(false),
      same<z.output<typeof _deeper>, WithDigests<Declared>>(false),
    ]).toEqual([false, false, false, false]);
  });
});
