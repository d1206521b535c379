/** WhatsApp's batches: several numbers, and several organizations, in one signed body. */
export interface Message {
  readonly id: string;
  readonly text: string;
  readonly from?: string;
  readonly name?: string;
}

/** What people wrote to one of our numbers. */
export function toNumber(phoneNumberId: string, ...messages: readonly Message[]): object {
  const value = {
    messaging_product: 'whatsapp',
    metadata: { display_phone_number: '12025550190', phone_number_id: phoneNumberId },
    contacts: messages.map(({ from = '12025550143', name = 'Mara' }) => ({ profile: { name }, wa_id: from })),
    messages: messages.map(({ id, text, from = '12025550143' }) => ({
      from,
      id: `wamid.${id}`,
      timestamp: '1795186800',
      type: 'text',
      text: { body: text },
    })),
  };
  return { field: 'messages', value };
}

export function batch(...changes: readonly object[]): string {
  return JSON.stringify({
    object: 'whatsapp_business_account',
    entry: changes.map((change, index) => ({ id: String(200_000_000_000_001 + index), changes: [change] })),
  });
}
