/** The API's description: OpenAPI 3.1 at /openapi.json, a page to try it at /docs. */
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { problemCodes, problemDetails } from './problem.js';

const description = [
  'Customer-support operations of online shops. Every answer belongs to the organization of the access token; ids of',
  'other organizations are answered like ids that do not exist. Errors are problem details (RFC 9457): branch on `code`.',
].join('\n');

const problemSchema = {
  type: 'object',
  required: ['type', 'title', 'status', 'code'],
  properties: {
    type: { type: 'string', format: 'uri' },
    title: { type: 'string' },
    status: { type: 'integer' },
    code: { type: 'string', enum: problemCodes },
    detail: { type: 'string' },
    requestId: { type: 'string' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['detail'],
        properties: {
          pointer: { type: 'string', description: 'RFC 6901 pointer into the body' },
          parameter: { type: 'string' },
          detail: { type: 'string' },
        },
      },
    },
  },
  example: problemDetails('not-found'),
};

export function describeApi(app: NestFastifyApplication): OpenAPIObject {
  const builder = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Bulkhead')
    .setDescription(description)
    .setVersion('1')
    .setLicense('MIT', 'https://spdx.org/licenses/MIT')
    .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'JWT' })
    .build();
  const document = SwaggerModule.createDocument(app, builder, { operationIdFactory: operationId });
  document.components = {
    ...document.components,
    schemas: { ...document.components?.schemas, ProblemDetails: problemSchema },
  };
  return withoutNullable(document) as OpenAPIObject;
}

export function serveApiDocuments(app: NestFastifyApplication): void {
  SwaggerModule.setup('docs', app, () => describeApi(app), {
    jsonDocumentUrl: 'openapi.json',
    raw: ['json'],
  });
}

/** `MembersController.list` → `members-list`. */
function operationId(controller: string, method: string): string {
  return `${controller.replace(/Controller$/, '').toLowerCase()}-${method}`;
}

/** OpenAPI 3.1 is JSON Schema, which has no `nullable`: the type is a union instead. */
function withoutNullable(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(withoutNullable);
  if (typeof node !== 'object' || node === null) return node;
  const { nullable, ...rest } = node as Record<string, unknown>;
  const mended = Object.fromEntries(
    Object.entries(rest).map(([key, value]) => [key, withoutNullable(value)]),
  );
  return nullable === true ? { ...mended, type: [mended['type'], 'null'] } : mended;
}
