import { describe, expect, it } from '@jest/globals';
import type { CaseCommandName } from '@liandong/domain/case';
import fc from 'fast-check';
import { z } from 'zod';
import { arbitraryOf } from '../../test/arbitrary-of.ts';
import {
  caseCommandBodies,
  commandSchema,
  departmentCommandBodies,
  type DoorCommandName,
  doorCommandNames,
  isDoorCommand,
  itemCommandBodies,
  tierCommandBodies,
} from './index.ts';

const bodies: Readonly<Record<string, z.ZodObject>> = {
  ...caseCommandBodies,
  ...itemCommandBodies,
  ...tierCommandBodies,
  ...departmentCommandBodies,
};

describe('the commands that doors take', () => {
  it.each(doorCommandNames)('make of the body of %s the whole command', (name) => {
    fc.assert(
      fc.property(arbitraryOf(caseCommandBodies[name]) as fc.Arbitrary<object>, (body) => {
        expect(commandSchema(name).parse(body)).toEqual({ ...body, type: name });
      }),
      { numRuns: 20 },
    );
  });

  it.each(Object.keys(bodies))(
    'refuse a body of %s that names the acting person, or anything unknown',
    (name) => {
      for (const member of ['by', 'authid', 'type', 'surplus']) {
        const parsed = bodies[name]!.safeParse({ [member]: 'windowClerk' });
        expect(parsed.error?.issues).toContainEqual(
          expect.objectContaining({ code: 'unrecognized_keys', keys: [member] }),
        );
      }
    },
  );

  it.each(Object.keys(bodies))('are documented for %s as JSON Schema', (name) => {
    expect(z.toJSONSchema(bodies[name]!)).toMatchObject({ type: 'object', additionalProperties: false });
  });

  it('do not include what only a follower of the tier may say', () => {
    const follower: readonly CaseCommandName[] = [
      'recordDeemedAcceptance',
      'recordToleranceLapse',
      'noteObligation',
      'moveDeadlines',
      'recordCorrectionLapse',
    ];
    expect(follower.filter(isDoorCommand)).toEqual([]);
    expect(['toString', '__proto__', 7, undefined].filter(isDoorCommand)).toEqual([]);
  });

  it('bound every text, so that no body grows without end', () => {
    const endless = 'x'.repeat(20_000);
    const bodiesWithText: Partial<Record<DoorCommandName, object>> = {
      withdraw: { reasons: endless },
      void: { ground: 'duplicate', reasons: endless },
      openStage: { stage: endless },
    };
    for (const [name, body] of Object.entries(bodiesWithText))
      expect(commandSchema(name as DoorCommandName).safeParse(body).success).toBe(false);
  });

  it.each(['a\u0000b', 'a\ud800b', 'a\u0007b'])(
    'refuse text that cannot be stored or signed: %j',
    (reasons) => {
      expect(commandSchema('withdraw').safeParse({ reasons }).success).toBe(false);
    },
  );
});
