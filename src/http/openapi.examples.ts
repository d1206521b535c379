/** Ids used in the examples of the API documents, so that one example's answer is the next one's question. */
export const organizationIdExample = '019aa5c0-7e1a-7c3b-9d6e-2f1b0a4c5d01';
export const userIdExample = '019aa5c0-7e1a-7c3b-9d6e-2f1b0a4c5d02';
export const memberIdExample = '019aa5c0-7e1a-7c3b-9d6e-2f1b0a4c5d03';
export const timeExample = '2026-11-21T08:30:00.000Z';
export const connectionIdExample = '019aa5c0-7e1a-7c3b-9d6e-2f1b0a4c5d04';
export const eventIdExample = '019aa5c0-7e1a-7c3b-9d6e-2f1b0a4c5d05';
export const contactIdExample = '019aa5c0-7e1a-7c3b-9d6e-2f1b0a4c5d06';
export const conversationIdExample = '019aa5c0-7e1a-7c3b-9d6e-2f1b0a4c5d07';
export const messageIdExample = '019aa5c0-7e1a-7c3b-9d6e-2f1b0a4c5d08';
export const templateIdExample = '019aa5c0-7e1a-7c3b-9d6e-2f1b0a4c5d09';
export const ruleIdExample = '019aa5c0-7e1a-7c3b-9d6e-2f1b0a4c5d10';
export const draftIdExample = '019aa5c0-7e1a-7c3b-9d6e-2f1b0a4c5d11';
export const decisionIdExample = '019aa5c0-7e1a-7c3b-9d6e-2f1b0a4c5d12';
