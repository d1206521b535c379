import type { EmailMessage } from './email.provider.js';
import { takeMint, type Permit, type PermitKind } from './permit.js';
import type { WhatsAppMessage } from './whatsapp.provider.js';

const mint = takeMint();

export function mintPermit(message: WhatsAppMessage, kind: 'conversation'): Permit;
export function mintPermit(message: EmailMessage, kind: PermitKind): Permit;
/** The only way to a permit. Only `automation/send-gate.ts` may import it (dependency rule `only-the-send-gate-mints`). */
export function mintPermit(message: WhatsAppMessage | EmailMessage, kind: PermitKind): Permit {
  return mint(message, kind);
}
