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
    try {
      // A missing body is an empty one, so that the answer names the fields that are missing.
      return await super.transform(value ?? (metadata.type === 'body' ? {} : value), metadata);
    } catch (error) {
      if (!(error instanceof InvalidInput)) throw error;
      const inBody = metadata.type === 'body';
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
  const path = `${parent}/${property.replaceAll('~', '~0').replaceAll('/', '~1')}`;
  const place = inBody ? { pointer: path } : { parameter: property };
  return [
    ...Object.values(constraints ?? {}).map((detail) => ({ ...place, detail })),
    ...(children ?? []).flatMap((child) => inputErrors(child, path, inBody)),
  ];
}

/** An id that is not one names nothing: it is answered like one that does not exist. */
@Injectable()
export class IdPipe implements PipeTransform<string, string> {
  transform(value: string): string {
    if (!isUUID(value)) throw new Problem('not-found');
    return value.toLowerCase();
  }
}
