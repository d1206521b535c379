import type { WhoAmI } from '../account.js';
import { exchanged, masked, withheld, type Answer } from '../exchange.js';
import { statusUnder, whoAmIUnder, type MockFaults } from '../mock-faults.js';
import type { MockOutbox } from '../mock-outbox.js';
import { MockSending, type Magic } from './mock-sending.js';
import type { Permit } from './permit.js';
import type { SendOutcome } from './send-outcome.js';
import { WhatsAppProvider, type WhatsAppCredentials, type WhatsAppMessage } from './whatsapp.provider.js';

/** By how the recipient's number, or user id, ends. */
const magicEndings: Readonly<Record<string, Magic>> = {
  '0001': 'undeliverable',
  '0002': 'throttled-once',
  '0003': 'window-closed',
  '0004': 'timeout',
  '0005': 'slow',
  '0006': 'unreachable',
};

/** The token `EAAmock<phone_number_id>` opens that number and no other. */
export class WhatsAppMock extends WhatsAppProvider {
  private readonly sending: MockSending;

  constructor(
    outbox: MockOutbox,
    private readonly faults: MockFaults,
  ) {
    super();
    this.sending = new MockSending(outbox, faults);
  }

  async whoAmI(phoneNumberId: string, credentials: WhatsAppCredentials): Promise<Answer<WhoAmI>> {
    const request = { phoneNumberId };
    return exchanged({ vendor: 'whatsapp', operation: 'whoAmI', request }, async () => {
      const fault = await this.faults.next('whatsapp', 'whoAmI');
      if (fault) return { outcome: whoAmIUnder(fault), status: statusUnder(fault) };
      const account = accountOf(credentials);
      if (!account) return { outcome: { kind: 'refused' }, status: 401 };
      return { outcome: { kind: 'account', account }, status: 200, response: { id: account } };
    });
  }

  async send(
    credentials: WhatsAppCredentials,
    message: WhatsAppMessage,
    permit: Permit,
  ): Promise<Answer<SendOutcome>> {
    permit.use(message);
    const recipient = message.to.phone ?? message.to.userId ?? '';
    const magic = magicEndings[recipient.slice(-4)];
    const refused = accountOf(credentials) === message.from ? undefined : 'credentials-refused';
    const refusal = refused ?? (isValid(message) ? undefined : 'invalid');
    return this.sending.send({ vendor: 'whatsapp', message, request: redacted(message), refusal, magic });
  }
}

function accountOf({ accessToken }: WhatsAppCredentials): string | undefined {
  return /^EAAmock(\d+)$/.exec(accessToken)?.[1];
}

/** As the vendor would refuse it: a number that is none, no text, or more of it than 4096 characters. */
function isValid({ to, text }: WhatsAppMessage): boolean {
  const addressed = to.phone === undefined ? Boolean(to.userId) : /^\+[1-9]\d{6,14}$/.test(to.phone);
  return addressed && text.length > 0 && text.length <= 4096;
}

function redacted({ id, from, to, text, replyTo }: WhatsAppMessage) {
  return {
    from,
    to: masked(to.phone ?? to.userId ?? ''),
    biz_opaque_callback_data: id,
    text: withheld(text),
    ...(replyTo && { replyTo }),
  };
}
