import { sha256 } from '@liandong/adapters/crypto';
import { ownStreamHandler } from '@liandong/application';
import { packNamed, type RulePackConfig, rulesIn } from '@liandong/contracts';
import { localDate } from '@liandong/domain/calendar';
import { adoptionDecider, rulesStream } from '@liandong/domain/supervision';
import { type Access, systemAuthoring } from './tier.ts';

/**
 * Adopts the rule pack that a configuration names, unless rules were ever adopted: from the
 * first adoption on the events say what is in force, and the configuration changes nothing.
 */
export const adoptFirstRules = async (access: Access, config: RulePackConfig): Promise<void> => {
  const { author, store, clock } = access;
  const { tier } = author;
  const stream = rulesStream(tier);
  if ((await store.read(stream)).length > 0) return;
  const adopt = ownStreamHandler(store, systemAuthoring(access), adoptionDecider(sha256), rulesIn);
  const today = localDate(clock.now().toISOString());
  if (today === undefined) throw new Error('the clock shows no date');
  const { pack, convention, effectiveFrom = today } = config;
  const adopted = await adopt({
    // One key of all processes of the tier: together they adopt once.
    ...{ principal: `system:${tier}:founding`, authtype: 'system', idempotencyKey: 'rules', stream },
    command: { type: 'adoptRules', pack: packNamed(pack), convention, effectiveFrom, today },
  });
  if (adopted.ok || (await store.read(stream)).length > 0) return;
  throw new Error(`rulePack: ${JSON.stringify(adopted.refusal)}`);
};
