/** Every route of the application, as Nest declares it, and every one that Fastify really serves. */
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { RequestMethod, type Type } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { ModulesContainer, Reflector } from '@nestjs/core';
import { accessKey, type Access } from '../../src/auth/access.decorator.js';

export interface Route {
  readonly method: string;
  readonly path: string;
  readonly handler: string;
  readonly access: Access | undefined;
  /** `GET /v1/members` */
  readonly name: string;
}

export function declaredRoutes(app: NestFastifyApplication): Route[] {
  const reflector = app.get(Reflector);
  const controllers = [...app.get(ModulesContainer).values()].flatMap((module) => [
    ...module.controllers.values(),
  ]);
  return controllers.flatMap(({ metatype }) => {
    const controller = metatype as Type;
    const prototype = controller.prototype as Record<string, () => unknown>;
    return Object.getOwnPropertyNames(prototype)
      .filter((key) => key !== 'constructor' && Reflect.hasMetadata(PATH_METADATA, prototype[key]!))
      .map((key) => {
        const handler = prototype[key]!;
        const parts = [
          reflector.get<string>(PATH_METADATA, controller),
          reflector.get<string>(PATH_METADATA, handler),
        ];
        const path = `/${parts
          .flatMap((part) => part.split('/'))
          .filter(Boolean)
          .join('/')}`;
        const method = RequestMethod[reflector.get<RequestMethod>(METHOD_METADATA, handler)];
        const access = reflector.getAllAndOverride<Access | undefined>(accessKey, [handler, controller]);
        return { method, path, handler: `${controller.name}.${key}`, access, name: `${method} ${path}` };
      });
  });
}

/** `METHOD /path` of all that Fastify answers, less the HEAD that it adds to every GET. */
export function servedRoutes(app: NestFastifyApplication): string[] {
  const printed = app.getHttpAdapter().getInstance().printRoutes({ commonPrefix: false, includeMeta: false });
  const stack: string[] = [];
  return printed.split('\n').flatMap((line) => {
    const match = /^([ │]*)(?:├── |└── )(\S*)(?: \(([A-Z, ]+)\))?$/.exec(line);
    if (!match) return [];
    const depth = match[1]!.length / 4;
    stack.length = depth;
    stack.push(match[2]!);
    const methods = match[3]?.split(', ').filter((method) => method !== 'HEAD') ?? [];
    return methods.map((method) => `${method} ${stack.join('')}`);
  });
}
