import { ApiResponse } from '@nestjs/swagger';
import { problemDetails, type ProblemCode } from './problem.js';

const documentedKey = 'bulkhead:problems';

/**
 * Documents the problems an operation may answer, each with its example. May be used several times on one method:
 * the codes add up, also those that share a status.
 */
export function ApiProblems(...codes: ProblemCode[]): MethodDecorator {
  return (target, property, descriptor) => {
    const method = descriptor.value as object;
    const earlier = (Reflect.getMetadata(documentedKey, method) as ProblemCode[] | undefined) ?? [];
    const all = [...new Set([...earlier, ...codes])].toSorted();
    Reflect.defineMetadata(documentedKey, all, method);
    for (const [status, sharing] of Map.groupBy(all, (code) => problemDetails(code).status)) {
      ApiResponse({
        status,
        description: sharing.map((code) => `\`${code}\`: ${problemDetails(code).title}`).join('; '),
        content: {
          'application/problem+json': {
            schema: { $ref: '#/components/schemas/ProblemDetails' },
            examples: Object.fromEntries(sharing.map((code) => [code, { value: problemDetails(code) }])),
          },
        },
      })(target, property, descriptor);
    }
  };
}
