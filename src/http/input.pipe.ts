import {
  Injectable,
  ValidationPipe,
  type ArgumentMetadata,
  type PipeTransform,
  type ValidationError,
} from '@nestjs/common';
import { isUUID } from 'class-validator';
import { Problem, type InputError } from './problem.js';

/** Validates every DTO: unknown fields are refused, and everything wrong is said at once, each at its place. */
@Injectable()
export class InputPipe extends ValidationPipe {
  constructor() {
    super({
      whitelist: true,
      forbidNonWhitelisted: true,
      transform: true,
      exceptionFactory: (errors) => new InvalidInput(errors),
    });
  }

  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    const inBody = metadata.type === 'body';
    const unstorable = unstorableText(value, '', inBody);
    if (unstorable.length > 0) throw new Problem('validation-failed', { errors: unstorable });
    try {
      // A missing body is an empty one, so that the answer names the fields that are missing.
      return await super.transform(value ?? (inBody ? {} : value), metadata);
    } catch (error) {
      if (!(error instanceof InvalidInput)) throw error;
      throw new Problem('validation-failed', {
        errors: error.errors.flatMap((each) => inputErrors(each, '', inBody)),
      });
    }
  }
}

class InvalidInput extends Error {
  constructor(readonly errors: readonly ValidationError[]) {
    super('invalid input');
  }
}

function inputErrors(
  { property, constraints, children }: ValidationError,
  parent: string,
  inBody: boolean,
): InputError[] {
  const path = pointerTo(parent, property);
  const place = placeOf(path, inBody);
  return [
    ...Object.values(constraints ?? {}).map((detail) => ({ ...place, detail })),
    ...(children ?? []).flatMap((child) => inputErrors(child, path, inBody)),
  ];
}

const deepest = 16;

/** Postgres stores any text but NUL; `constructor` would slip through class-validator's list of known fields. */
function unstorableText(value: unknown, path: string, inBody: boolean, depth = 0): InputError[] {
  if (typeof value === 'string' && value.includes('\0')) {
    return [{ ...placeOf(path, inBody), detail: 'must not contain the character NUL' }];
  }
  if (typeof value !== 'object' || value === null) return [];
  if (depth > deepest)
    return [{ ...placeOf(path, inBody), detail: `must not be nested deeper than ${deepest} levels` }];
  return Object.entries(value).flatMap(([key, each]) => {
    const inner = pointerTo(path, key);
    if (key === 'constructor')
      return [{ ...placeOf(inner, inBody), detail: 'property constructor should not exist' }];
    return unstorableText(each, inner, inBody, depth + 1);
  });
}

/** RFC 6901. */
function pointerTo(parent: string, key: string): string {
  return `${parent}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

function placeOf(path: string, inBody: boolean): { pointer: string } | { parameter: string } {
  return inBody ? { pointer: path } : { parameter: path.slice(1) };
}

/** An id that is not one names nothing: it is answered like one that does not exist. */
@Injectable()
export class IdPipe implements PipeTransform<string, string> {
  transform(value: string): string {
    if (!isUUID(value)) throw new Problem('not-found');
    return value.toLowerCase();
  }
}
