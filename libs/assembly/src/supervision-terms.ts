import { sha256 } from '@liandong/adapters/crypto';
import { calendarDesk, rulesDesk } from '@liandong/application';
import { calendarCity, calendarFactIn, rulesIn, type TierConfig } from '@liandong/contracts';
import type { SupervisionTerms } from '@liandong/services/supervision';
import { type Access, authoringOf } from './tier.ts';

/** Where one tier says, and looks up, by what its clocks are counted. */
export const supervisionTerms = (config: TierConfig, access: Access): SupervisionTerms => {
  const { tier } = config;
  const common = { tier, store: access.store, authoring: authoringOf(config, access) };
  return {
    ...{ tier, sha256 },
    calendar: calendarDesk({
      ...{ ...common, city: calendarCity(config.members), decodeCalendar: calendarFactIn },
    }),
    rules: rulesDesk({ ...common, decodeRules: rulesIn }),
  };
};
