import {
  type Decider,
  ok,
  ownStream,
  refuse,
  type Result,
  type StreamName,
  type TierCode,
} from '@liandong/kernel';
import type {
  CloseAgentPoint,
  FoundTier,
  OpenAgentPoint,
  OpenServiceCenter,
  TierCommand,
} from './commands.ts';
import type { TierFact, TierFounded } from './facts.ts';
import type { TierRefusal } from './refusals.ts';
import { isAgentPointOf, levelOf, superiorOf } from './tier-code.ts';

export const tierStream = (tier: TierCode): StreamName => ownStream('tier', tier, 'genesis');

// State

type Unfounded = { readonly status: 'unfounded' };
type Founded = TierFounded['data'] & {
  readonly status: 'founded';
  readonly hasCenter: boolean;
  readonly agentPoints: ReadonlySet<string>;
};
export type TierState = Unfounded | Founded;

// Decide

type Decision = Result<readonly TierFact[], TierRefusal>;

const decide = (command: TierCommand, state: TierState): Decision => {
  if (command.type === 'foundTier') return found(command, state);
  if (state.status === 'unfounded') return refuse({ code: 'tier-not-founded' });
  switch (command.type) {
    case 'openServiceCenter':
      return openCenter(command, state);
    case 'openAgentPoint':
      return openAgentPoint(command, state);
    case 'closeAgentPoint':
      return closeAgentPoint(command, state);
  }
};

const found = (command: FoundTier, state: TierState): Decision => {
  const { network, tier, level, name, demonstration, superior } = command;
  if (state.status === 'founded') return refuse({ code: 'tier-already-founded', tier: state.tier });
  if (levelOf(tier) !== level) return refuse({ code: 'tier-code-not-of-level', tier, level });
  const above = superiorOf(tier);
  if (superior === undefined) {
    if (above !== undefined) return refuse({ code: 'superior-required', level });
    return ok([founded({ network, tier, level, name, demonstration })]);
  }
  if (superior.tier !== above) {
    return refuse({ code: 'tier-not-under-superior', tier, superior: superior.tier });
  }
  if (superior.network !== network) {
    return refuse({ code: 'network-differs', network, superior: superior.network });
  }
  if (superior.demonstration !== demonstration) {
    return refuse({ code: 'demonstration-not-mixed', superior: superior.tier });
  }
  return ok([founded({ network, tier, level, name, parent: superior.tier, demonstration })]);
};

const founded = (data: TierFounded['data']): TierFounded => ({ type: 'liandong.tier.founded.v1', data });

const openCenter = ({ name, address }: OpenServiceCenter, { hasCenter }: Founded): Decision =>
  hasCenter
    ? refuse({ code: 'service-center-already-open' })
    : ok([{ type: 'liandong.tier.serviceCenterOpened.v1', data: { name, address } }]);

const openAgentPoint = ({ agentPoint, name }: OpenAgentPoint, state: Founded): Decision => {
  const { tier, level, agentPoints } = state;
  if (level !== 'township') return refuse({ code: 'agent-points-in-townships-only', level });
  if (!isAgentPointOf(tier, agentPoint)) return refuse({ code: 'agent-point-not-of-township', agentPoint });
  if (agentPoints.has(agentPoint)) return refuse({ code: 'agent-point-already-open', agentPoint });
  return ok([{ type: 'liandong.tier.agentPointOpened.v1', data: { agentPoint, name } }]);
};

const closeAgentPoint = ({ agentPoint }: CloseAgentPoint, { agentPoints }: Founded): Decision =>
  agentPoints.has(agentPoint)
    ? ok([{ type: 'liandong.tier.agentPointClosed.v1', data: { agentPoint } }])
    : refuse({ code: 'agent-point-unknown', agentPoint });

// Evolve

const evolve = (state: TierState, event: TierFact): TierState => {
  if (event.type === 'liandong.tier.founded.v1') {
    return state.status === 'founded'
      ? state
      : { ...event.data, status: 'founded', hasCenter: false, agentPoints: new Set() };
  }
  if (state.status === 'unfounded') return state;
  switch (event.type) {
    case 'liandong.tier.serviceCenterOpened.v1':
      return { ...state, hasCenter: true };
    case 'liandong.tier.agentPointOpened.v1':
      return { ...state, agentPoints: new Set([...state.agentPoints, event.data.agentPoint]) };
    case 'liandong.tier.agentPointClosed.v1':
      return { ...state, agentPoints: without(state.agentPoints, event.data.agentPoint) };
  }
};

const without = (points: ReadonlySet<string>, gone: string): ReadonlySet<string> =>
  new Set([...points].filter((point) => point !== gone));

export const tierDecider: Decider<TierCommand, TierFact, TierState, TierRefusal> = {
  initial: { status: 'unfounded' },
  decide,
  evolve,
};
