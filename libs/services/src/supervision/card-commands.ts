import { instant, type PersonCardCommand } from '@liandong/application';
import { cardCommandBodies, type CardCommandName } from '@liandong/contracts';
import type { CardActor, Recipients } from '@liandong/domain/supervision';
import type { StreamName } from '@liandong/kernel';
import type { Caller } from '../identity/caller.ts';
import type { Action } from '../identity/policy.ts';
import { orRefuse, Refused } from '../platform/refused.ts';
import { check } from '../platform/valid.ts';
import { acting } from './requests.ts';
import type { Supervision } from './tokens.ts';

/** How the paths and the messages name what can be done to a card, and who may. */
export const cardActs = {
  issue: { type: 'issueCard', action: 'cards.rule' },
  reply: { type: 'replyToCard', action: 'cards.answer' },
  appeal: { type: 'appealCard', action: 'cards.answer' },
  acceptAppeal: { type: 'acceptAppeal', action: 'cards.rule' },
  rejectAppeal: { type: 'rejectAppeal', action: 'cards.rule' },
  cancel: { type: 'cancelCard', action: 'cards.rule' },
  urge: { type: 'urgeCard', action: 'cards.rule' },
} as const satisfies Readonly<Record<string, { readonly type: CardCommandName; readonly action: Action }>>;
export type CardAct = keyof typeof cardActs;

const isAct = (name: unknown): name is CardAct => typeof name === 'string' && Object.hasOwn(cardActs, name);

/** The action that giving it is, or `undefined` if there is no such command. */
export const cardAction = (name: unknown): Action | undefined =>
  isAct(name) ? cardActs[name].action : undefined;

export type CardCall = {
  readonly caller: Caller;
  readonly card: StreamName;
  readonly command: string;
  readonly idempotencyKey: string;
  readonly body: unknown;
};

/** Gives one command for the caller; HTTP and gRPC differ only in how they spell it. */
export const giveCardCommand = async (
  { desk, clock, superiors }: Supervision,
  { caller, card, command, idempotencyKey, body }: CardCall,
) => {
  if (!isAct(command)) throw new Refused({ code: 'not-found', what: 'command' });
  const by = actorOf(caller, command);
  const about = async (): Promise<Recipients> => {
    const row = await desk.read(card);
    if (row === undefined) throw new Refused({ code: 'card-not-found', card });
    const { unit, person } = row.state.judgement.accountable;
    return { ...(person !== undefined && { handler: person }), approver: unit, tiers: superiors };
  };
  const given = async (): Promise<PersonCardCommand> => {
    switch (command) {
      case 'issue':
        return { type: 'issueCard', by, to: await about() };
      case 'reply':
        return { type: 'replyToCard', by, ...orRefuse(check(cardCommandBodies.replyToCard, body)) };
      case 'appeal':
        return { type: 'appealCard', by, ...orRefuse(check(cardCommandBodies.appealCard, body)) };
      case 'acceptAppeal':
        return { type: 'acceptAppeal', by, ...orRefuse(check(cardCommandBodies.acceptAppeal, body)) };
      case 'rejectAppeal':
        return { type: 'rejectAppeal', by, ...orRefuse(check(cardCommandBodies.rejectAppeal, body)) };
      case 'cancel':
        return { type: 'cancelCard', by, ...orRefuse(check(cardCommandBodies.cancelCard, body)) };
      case 'urge': {
        const asked = orRefuse(check(cardCommandBodies.urgeCard, body));
        return { type: 'urgeCard', by, card, at: instant(clock.now()), ...asked };
      }
    }
  };
  return orRefuse(await desk.give(acting(caller, idempotencyKey), card, await given()));
};

/** In what capacity: a supervisor rules, the unit answers. */
const actorOf = ({ tier, department }: Caller, command: CardAct): CardActor => ({
  tier,
  ...(department !== '' && { department }),
  role: cardActs[command].action === 'cards.rule' ? 'supervisor' : 'unit',
});
