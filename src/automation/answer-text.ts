/** The text of an answer with all that proves it. Calls vendors, and writes nothing. */
import { Injectable } from '@nestjs/common';
import type { Asked } from './answer-facts.js';
import { unsupportedFacts } from './fact-check.js';
import type { Evidence } from './send-gate.js';
import type { Intent } from './intent.js';
import { OrderLookup } from './order-lookup.js';
import { matchOrder, type OrderMatch } from './order-match.js';
import { findOrderNumbers } from './order-number.js';
import { Phrasing } from './phrasing.js';
import { literalTexts, renderTemplate } from './template-text.js';
import { orderValues } from './template-variables.js';
import type { Draft } from './draft.entity.js';

export interface Answer {
  /** Undefined: there is nothing to say, or nothing may be drafted. */
  readonly text: string | undefined;
  readonly source: Pick<Draft, 'templateId' | 'templateNumber' | 'orderMatch'>;
  readonly evidence: Pick<Evidence, 'template' | 'order' | 'unsupported'>;
  /** For who reads the decision later: no words of anybody. */
  readonly context: object;
}

const nothing = { templateId: null, templateNumber: null, orderMatch: null };

@Injectable()
export class AnswerText {
  constructor(
    private readonly orders: OrderLookup,
    private readonly phrasing: Phrasing,
  ) {}

  /** @throws ShopUnavailable */
  async write(asked: Asked): Promise<Answer> {
    const { question, intent, state, channel } = asked;
    // Neither looked up nor drafted: on this step a person reads it.
    if (question === null || !state.automationEnabled || state.ladder === 'routing')
      return unwritten({ intent });
    // Nothing proves whose an address is, and no answer could leave: a stranger's question is shown to no vendor.
    if (channel === 'email') return unwritten({ intent });
    const match = await this.match(asked, question);
    const tier = { intent, tier: match.tier, ...('reason' in match && { matchReason: match.reason }) };
    if (match.tier === 1 && isAnothers.has(match.reason)) return unwritten(tier, true);
    const chosen = this.choose(match, asked);
    if (!chosen) return unwritten(tier);
    const { template, rendered } = chosen;
    const facts = match.tier === 2 ? match.match.facts : null;
    const extras = {
      texts: literalTexts(template.parsed),
      names: [asked.organizationName, ...(asked.contact.name ? [asked.contact.name] : [])],
    };
    const phrased = await this.phrasing.phrase(asked.message.organizationId, rendered, question);
    const unsupported = phrased === undefined ? [] : unsupportedFacts(phrased, facts, extras);
    // What a model invented lies before nobody, not even before a person: the template's own words do.
    const final = phrased === undefined || unsupported.length > 0 ? rendered : phrased;
    const { id: templateId, number: templateNumber, listed, enabled, approved, needsOrder } = template;
    const orderMatch = match.tier === 2 && needsOrder ? match.match.evidence : null;
    return {
      text: final,
      source: { templateId, templateNumber, orderMatch },
      evidence: {
        template: { listed, enabled, approved },
        order: { needed: needsOrder, match: match.tier === 2 ? match.match : null },
        unsupported: [...unsupported, ...unsupportedFacts(rendered, facts, extras)],
      },
      context: {
        ...tier,
        templateId,
        templateNumber,
        phrasing: phrased === undefined ? 'template' : unsupported.length > 0 ? 'refused' : 'model',
      },
    };
  }

  private async match({ contact }: Asked, text: string): Promise<OrderMatch> {
    const numbers = findOrderNumbers(text);
    const [only, ...others] = numbers;
    const orders = only && others.length === 0 ? await this.orders.named(only.value) : [];
    // The number a signed message came from; an address nobody has proven yet proves nothing.
    return matchOrder({ numbers, orders, writer: { phone: contact.phone ?? undefined } });
  }

  /** The first that can be filled in; one that tells of an order only when it is proven to be the writer's. */
  private choose(match: OrderMatch, asked: Asked) {
    for (const template of asked.templates) {
      if (template.needsOrder !== (match.tier === 2)) continue;
      const facts = match.tier === 2 ? match.match.facts : [];
      const values = {
        ...orderValues(facts, template.language),
        'contact.name': asked.contact.name ?? undefined,
        'organization.name': asked.organizationName,
      };
      const rendered = renderTemplate(template.parsed, values, template.language);
      if ('text' in rendered) return { template, rendered: rendered.text };
    }
    return undefined;
  }
}

/** An order was found, and may be somebody else's: no template answers that, the gate refuses, and a person reads it. */
const isAnothers: ReadonlySet<string> = new Set(['not-the-writers', 'nothing-to-compare', 'several-orders']);

/** For when no shop ever answered: a person reads it. */
export function unlookedUp({ intent }: Asked): Answer {
  return unwritten({ intent, matchReason: 'shop-unavailable' }, true);
}

/** @param needed to answer would have meant to tell of an order */
function unwritten(
  context: { readonly intent: Intent; readonly matchReason?: string },
  needed = false,
): Answer {
  const evidence = { template: undefined, order: { needed, match: null }, unsupported: undefined };
  return { text: undefined, source: nothing, evidence, context };
}
