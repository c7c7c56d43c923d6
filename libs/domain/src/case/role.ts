/** What a person or follower of a tier is employed to do, as its credentials say. */
export const roles = [
  'applicant',
  'agent',
  'windowClerk',
  'reviewer',
  'approver',
  'organHead',
  'governmentHead',
  'leadCoordinator',
  'system',
] as const;
export type Role = (typeof roles)[number];
