import {
  type Decider,
  type Draft,
  ok,
  ownStream,
  refuse,
  type Result,
  type StreamName,
  type TierCode,
} from '@liandong/kernel';
import type {
  CloseWindow,
  DelegateAuthority,
  DepartmentCommand,
  EstablishDepartment,
  FormApprovalSection,
  OpenWindow,
  StationStaff,
} from './commands.ts';
import { isCreditCode } from './credit-code.ts';
import type { Authority, AuthorityAct, DepartmentFact, DepartmentKind, DepartmentRole } from './facts.ts';
import type { DepartmentRefusal } from './refusals.ts';
import { utilityRoles } from './roles.ts';

export const departmentStream = (tier: TierCode, department: string): StreamName =>
  ownStream('department', tier, department);

// State

export type Staff = {
  readonly window?: string;
  readonly agentPoint?: string;
  readonly authority?: Authority;
};
type Unestablished = { readonly status: 'unestablished' };
export type Established = {
  readonly status: 'established';
  readonly department: string;
  readonly kind: DepartmentKind;
  readonly roles: readonly DepartmentRole[];
  readonly section?: { readonly inCenter: boolean };
  readonly windows: ReadonlySet<string>;
  readonly staff: ReadonlyMap<string, Staff>;
};
export type DepartmentState = Unestablished | Established;

/** Whether a member of staff may do this act on this item (授权到位). */
export const mayAct = (state: DepartmentState, staff: string, act: AuthorityAct, item: string): boolean => {
  if (state.status === 'unestablished') return false;
  const authority = state.staff.get(staff)?.authority;
  if (authority === undefined || !authority.acts.includes(act)) return false;
  return authority.items === 'all' || authority.items.includes(item);
};

// Decide

type Decision = Result<readonly Draft<DepartmentFact>[], DepartmentRefusal>;

const decide = (command: DepartmentCommand, state: DepartmentState): Decision => {
  if (command.type === 'establishDepartment') return establish(command, state);
  if (state.status === 'unestablished') return refuse({ code: 'department-not-established' });
  switch (command.type) {
    case 'changeRoles': {
      const { roles, name } = command;
      const flaw = flawOfRoles(state.kind, roles);
      if (flaw !== undefined) return refuse(flaw);
      return ok([
        {
          type: 'liandong.department.rolesChanged.v1',
          data: name === undefined ? { roles } : { roles, name },
        },
      ]);
    }
    case 'formApprovalSection':
      return formSection(command, state);
    case 'openWindow':
      return openWindow(command, state);
    case 'closeWindow':
      return closeWindow(command, state);
    case 'stationStaff':
      return station(command, state);
    case 'delegateAuthority':
      return delegate(command, state);
    case 'revokeAuthority':
      return whenStationed(command.staff, state, ({ authority }) =>
        authority === undefined
          ? refuse({ code: 'authority-not-delegated', staff: command.staff })
          : ok([{ type: 'liandong.department.authorityRevoked.v1', data: { staff: command.staff } }]),
      );
    case 'removeStaff':
      return whenStationed(command.staff, state, () =>
        ok([{ type: 'liandong.department.staffLeft.v1', data: { staff: command.staff } }]),
      );
  }
};

const establish = (command: EstablishDepartment, state: DepartmentState): Decision => {
  const { department, kind, name, roles } = command;
  if (state.status === 'established') return refuse({ code: 'department-already-established' });
  if (!isCreditCode(department)) return refuse({ code: 'credit-code-invalid', department });
  const flaw = flawOfRoles(kind, roles);
  if (flaw !== undefined) return refuse(flaw);
  return ok([{ type: 'liandong.department.established.v1', data: { department, kind, name, roles } }]);
};

/** Public power belongs to departments; a utility or an intermediary holds none. */
const flawOfRoles = (
  kind: DepartmentKind,
  roles: readonly DepartmentRole[],
): DepartmentRefusal | undefined => {
  if (roles.length === 0 && kind !== 'intermediary') return { code: 'role-required' };
  const stray = roles.find((role) =>
    kind === 'department'
      ? utilityRoles.includes(role)
      : kind === 'intermediary' || !utilityRoles.includes(role),
  );
  return stray === undefined ? undefined : { code: 'role-not-of-kind', role: stray, kind };
};

const formSection = ({ name, inCenter }: FormApprovalSection, { kind }: Established): Decision =>
  kind === 'department'
    ? ok([{ type: 'liandong.department.approvalSectionFormed.v1', data: { name, inCenter } }])
    : refuse({ code: 'approval-section-for-departments-only', kind });

const openWindow = ({ window, name }: OpenWindow, { windows }: Established): Decision =>
  windows.has(window)
    ? refuse({ code: 'window-already-open', window })
    : ok([{ type: 'liandong.department.windowOpened.v1', data: { window, name } }]);

const closeWindow = ({ window }: CloseWindow, { windows, staff }: Established): Decision => {
  if (!windows.has(window)) return refuse({ code: 'window-unknown', window });
  if ([...staff.values()].some((member) => member.window === window)) {
    return refuse({ code: 'window-staffed', window });
  }
  return ok([{ type: 'liandong.department.windowClosed.v1', data: { window } }]);
};

const station = (command: StationStaff, state: Established): Decision => {
  const { staff, name, post, window, agentPoint } = command;
  if (state.staff.has(staff)) return refuse({ code: 'staff-already-stationed', staff });
  if (name.trim() === '') return refuse({ code: 'name-required' });
  if (window !== undefined && !state.windows.has(window)) return refuse({ code: 'window-unknown', window });
  const data = {
    staff,
    post,
    ...(window === undefined ? {} : { window }),
    ...(agentPoint === undefined ? {} : { agentPoint }),
  };
  return ok([{ type: 'liandong.department.staffStationed.v1', data, personal: { name } }]);
};

const delegate = ({ staff, authority }: DelegateAuthority, state: Established): Decision =>
  whenStationed(staff, state, () =>
    authority.acts.length === 0 || authority.items.length === 0
      ? refuse({ code: 'authority-empty' })
      : ok([{ type: 'liandong.department.authorityDelegated.v1', data: { staff, authority } }]),
  );

const whenStationed = (staff: string, state: Established, act: (member: Staff) => Decision): Decision => {
  const member = state.staff.get(staff);
  return member === undefined ? refuse({ code: 'staff-unknown', staff }) : act(member);
};

// Evolve

const evolve = (state: DepartmentState, event: DepartmentFact): DepartmentState => {
  if (event.type === 'liandong.department.established.v1') {
    if (state.status === 'established') return state;
    const { department, kind, roles } = event.data;
    return { status: 'established', department, kind, roles, windows: new Set(), staff: new Map() };
  }
  if (state.status === 'unestablished') return state;
  switch (event.type) {
    case 'liandong.department.rolesChanged.v1':
      return { ...state, roles: event.data.roles };
    case 'liandong.department.approvalSectionFormed.v1':
      return { ...state, section: { inCenter: event.data.inCenter } };
    case 'liandong.department.windowOpened.v1':
      return { ...state, windows: new Set([...state.windows, event.data.window]) };
    case 'liandong.department.windowClosed.v1':
      return { ...state, windows: new Set([...state.windows].filter((w) => w !== event.data.window)) };
    case 'liandong.department.staffStationed.v1': {
      const { staff, window, agentPoint } = event.data;
      return withStaff(state, staff, {
        ...(window === undefined ? {} : { window }),
        ...(agentPoint === undefined ? {} : { agentPoint }),
      });
    }
    case 'liandong.department.authorityDelegated.v1': {
      const { staff, authority } = event.data;
      const member = state.staff.get(staff);
      return member === undefined ? state : withStaff(state, staff, { ...member, authority });
    }
    case 'liandong.department.authorityRevoked.v1': {
      const { authority: _, ...member } = state.staff.get(event.data.staff) ?? {};
      return state.staff.has(event.data.staff) ? withStaff(state, event.data.staff, member) : state;
    }
    case 'liandong.department.staffLeft.v1':
      return {
        ...state,
        staff: new Map([...state.staff].filter(([staff]) => staff !== event.data.staff)),
      };
  }
};

const withStaff = (state: Established, staff: string, member: Staff): Established => ({
  ...state,
  staff: new Map([...state.staff, [staff, member]]),
});

export const departmentDecider: Decider<
  DepartmentCommand,
  DepartmentFact,
  DepartmentState,
  DepartmentRefusal,
  Draft<DepartmentFact>
> = {
  initial: { status: 'unestablished' },
  decide,
  evolve,
};
