import { type Decider, ok, refuse, type Result, type Sha256 } from '@liandong/kernel';
import type { AdoptItem, ItemCommand, PublishVersion } from './commands.ts';
import type { ItemFact, PublicationVerb } from './facts.ts';
import { flawOf } from './flaws.ts';
import { itemHash } from './hash.ts';
import type { Adoption } from './in-force.ts';
import type { ItemStatus, ItemVersion } from './item.ts';
import type { ItemRefusal } from './refusals.ts';

// State: a tier either publishes an item itself or adopts a superior's; never both.

export type ItemState =
  | { readonly status: 'unknown' }
  | { readonly status: 'published'; readonly versions: readonly ItemVersion[] }
  | { readonly status: 'adopted'; readonly adoptions: readonly Adoption[] };

// Decide

type Decision = Result<readonly ItemFact[], ItemRefusal>;

const publish = (command: PublishVersion, state: ItemState): Decision => {
  const { verb, version, from, into } = command;
  if (state.status === 'adopted') {
    const standard = state.adoptions.at(-1)?.standard.tier;
    if (standard !== undefined) return refuse({ code: 'item-owned-by-standard', tier: standard });
  }
  const flaw = flawOf(version) ?? lineageFlaw(command) ?? statusFlaw(command) ?? sequelFlaw(command, state);
  if (flaw !== undefined) return refuse(flaw);
  const data = {
    verb,
    version,
    ...(from === undefined ? {} : { from }),
    ...(into === undefined ? {} : { into }),
  };
  return ok([{ type: 'liandong.item.versionPublished.v1', data }]);
};

/** A split has one origin or several outcomes; a merger several origins or one outcome; no other verb has either. */
const lineageFlaw = ({ verb, from, into }: PublishVersion): ItemRefusal | undefined => {
  const wrong: ItemRefusal = { code: 'item-verb-lineage', verb };
  const [origins, outcomes] = [from?.length, into?.length];
  if (verb === 'split' && outcomes === undefined) return origins === 1 ? undefined : wrong;
  if (verb === 'split') return origins === undefined && (outcomes ?? 0) >= 2 ? undefined : wrong;
  if (verb === 'merge' && outcomes === undefined) return (origins ?? 0) >= 2 ? undefined : wrong;
  if (verb === 'merge') return origins === undefined && outcomes === 1 ? undefined : wrong;
  return origins === undefined && outcomes === undefined ? undefined : wrong;
};

const statusFlaw = ({ verb, version, into }: PublishVersion): ItemRefusal | undefined => {
  const expected = statusAfter(verb, into !== undefined);
  return version.status === expected ? undefined : { code: 'item-verb-status', verb, status: version.status };
};

const statusAfter = (verb: PublicationVerb, ends: boolean): ItemStatus => {
  switch (verb) {
    case 'add':
    case 'change':
      return 'inForce';
    case 'split':
    case 'merge':
      return ends ? 'cancelled' : 'inForce';
    case 'suspend':
      return 'suspended';
    case 'cancel':
      return 'cancelled';
  }
};

/** A version begins the item or follows the one before it, in number and in time. */
const sequelFlaw = ({ verb, version, from }: PublishVersion, state: ItemState): ItemRefusal | undefined => {
  const last = state.status === 'published' ? state.versions.at(-1) : undefined;
  const begins = verb === 'add' || from !== undefined;
  if (last === undefined) {
    if (!begins) return { code: 'item-not-published', item: version.code };
    return version.version === 1
      ? undefined
      : { code: 'item-version-not-next', expected: 1, found: version.version };
  }
  if (begins) return { code: 'item-already-published', item: last.code };
  if (last.status === 'cancelled') return { code: 'item-ended', since: last.effectiveFrom };
  if (version.code !== last.code)
    return { code: 'item-other-code', expected: last.code, found: version.code };
  if (version.version !== last.version + 1) {
    return { code: 'item-version-not-next', expected: last.version + 1, found: version.version };
  }
  return version.effectiveFrom > last.effectiveFrom
    ? undefined
    : { code: 'item-not-later', after: last.effectiveFrom, found: version.effectiveFrom };
};

const adopt = (sha256: Sha256, command: AdoptItem, state: ItemState): Decision => {
  const { tier, superiors, standard, effectiveFrom, promisedDays } = command;
  const { version } = standard;
  if (state.status === 'published') return refuse({ code: 'item-published-here', item: version.code });
  if (!superiors.includes(standard.tier)) {
    return refuse({ code: 'item-standard-not-superior', tier, standard: standard.tier });
  }
  const applied = {
    ...version,
    limits: { ...version.limits, ...(promisedDays === undefined ? {} : { promisedDays }) },
  };
  const flaw = adoptionFlaw(command, state) ?? flawOf(applied);
  if (flaw !== undefined) return refuse(flaw);
  const data: Adoption = {
    standard: {
      tier: standard.tier,
      code: version.code,
      version: version.version,
      hash: itemHash(sha256, version),
    },
    effectiveFrom,
    ...(promisedDays === undefined ? {} : { promisedDays }),
  };
  return ok([{ type: 'liandong.item.adopted.v1', data }]);
};

const adoptionFlaw = (
  { standard: { version }, effectiveFrom, promisedDays }: AdoptItem,
  state: ItemState,
): ItemRefusal | undefined => {
  if (version.status !== 'inForce') return { code: 'item-standard-not-in-force', status: version.status };
  if (effectiveFrom < version.effectiveFrom) {
    return { code: 'item-adopted-too-early', from: effectiveFrom, standardFrom: version.effectiveFrom };
  }
  const standardDays = version.limits.promisedDays;
  if (promisedDays !== undefined && promisedDays > standardDays) {
    return { code: 'item-promise-exceeds-standard', standardDays, promisedDays };
  }
  const last = state.status === 'adopted' ? state.adoptions.at(-1) : undefined;
  if (last === undefined) return undefined;
  if (last.standard.code !== version.code) {
    return { code: 'item-other-code', expected: last.standard.code, found: version.code };
  }
  if (version.version <= last.standard.version) {
    return { code: 'item-version-already-adopted', version: last.standard.version };
  }
  return effectiveFrom > last.effectiveFrom
    ? undefined
    : { code: 'item-not-later', after: last.effectiveFrom, found: effectiveFrom };
};

// Evolve

const evolve = (state: ItemState, event: ItemFact): ItemState => {
  switch (event.type) {
    case 'liandong.item.versionPublished.v1': {
      const versions = state.status === 'published' ? state.versions : [];
      return { status: 'published', versions: [...versions, event.data.version] };
    }
    case 'liandong.item.adopted.v1': {
      const adoptions = state.status === 'adopted' ? state.adoptions : [];
      return { status: 'adopted', adoptions: [...adoptions, event.data] };
    }
  }
};

export const itemDecider = (sha256: Sha256): Decider<ItemCommand, ItemFact, ItemState, ItemRefusal> => ({
  initial: { status: 'unknown' },
  decide: (command, state) => {
    switch (command.type) {
      case 'publishVersion':
        return publish(command, state);
      case 'adoptItem':
        return adopt(sha256, command, state);
    }
  },
  evolve,
});
