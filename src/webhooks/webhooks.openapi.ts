import { applyDecorators } from '@nestjs/common';
import { ApiBody, ApiHeader, ApiOkResponse, ApiOperation, ApiParam, ApiProperty } from '@nestjs/swagger';
import { ApiProblems } from '../http/problem.openapi.js';

export class Receipt {
  @ApiProperty({
    enum: ['stored', 'duplicate'],
    example: 'stored',
    description: '`duplicate`: this delivery was stored before. Either way it will not be asked for again',
  })
  status: 'stored' | 'duplicate';
}

const keyParameter = {
  name: 'endpointKey',
  example: 'q83vEjRWeJCrze8SNFZ4kA',
  description: 'Chooses the secrets',
};

const proofs = {
  Shopify: { name: 'X-Shopify-Hmac-Sha256', description: 'base64 of HMAC-SHA256 of the body' },
  WhatsApp: { name: 'X-Hub-Signature-256', description: '`sha256=` and hex of HMAC-SHA256 of the body' },
  Richpanel: { name: 'X-Webhook-Secret', description: 'the secret itself; Richpanel signs nothing' },
};

/** A vendor's POST: raw bytes in, an acknowledgement out once they are stored. */
export const ApiDelivery = (vendor: keyof typeof proofs) =>
  applyDecorators(
    ApiOperation({
      summary: `A delivery of ${vendor}`,
      description:
        'Verified on the raw bytes, stored once, acknowledged; everything else happens afterwards.',
    }),
    ApiParam(keyParameter),
    ApiHeader({ ...proofs[vendor], required: true, schema: { type: 'string' }, example: '…' }),
    ApiBody({
      description: 'As the vendor sends it, at most 3 MiB',
      schema: { type: 'object', example: {} },
    }),
    ApiOkResponse({ type: Receipt }),
    ApiProblems(
      'signature-invalid',
      'malformed-request',
      'not-found',
      'payload-too-large',
      'unsupported-media-type',
      'unavailable',
    ),
  );

export const ApiHandshake = () =>
  applyDecorators(
    ApiOperation({ summary: 'Meta’s handshake: answers the challenge to who knows the verify token' }),
    ApiParam(keyParameter),
    ApiOkResponse({ content: { 'text/plain': { schema: { type: 'string', example: '1158201444' } } } }),
    ApiProblems('validation-failed', 'signature-invalid', 'not-found'),
  );
