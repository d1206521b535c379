/** What each role of a member may do. A permission names a resource and a verb; a role is a set of permissions. */
export const memberRoles = ['viewer', 'agent', 'admin', 'owner'] as const;
export type MemberRole = (typeof memberRoles)[number];

/** The least role that holds each permission; every higher role holds it too. */
const leastRole = {
  'session:use': 'viewer',
  'organization:read': 'viewer',
  'organization:update': 'admin',
  'members:read': 'viewer',
  'members:update': 'admin',
  'connections:read': 'agent',
  'connections:manage': 'admin',
  'webhook-events:read': 'agent',
  'contacts:read': 'viewer',
  'conversations:read': 'viewer',
  'conversations:update': 'agent',
  'messages:send': 'agent',
  'drafts:read': 'viewer',
  'drafts:decide': 'agent',
  'templates:read': 'viewer',
  'templates:manage': 'admin',
  'routing-rules:read': 'viewer',
  'routing-rules:manage': 'admin',
  'flags:read': 'viewer',
} as const satisfies Record<string, MemberRole>;

export type Permission = keyof typeof leastRole;

export function rank(role: MemberRole): number {
  return memberRoles.indexOf(role);
}

export function permits(role: MemberRole, permission: Permission): boolean {
  return rank(role) >= rank(leastRole[permission]);
}
