/** Which span is the parent of what happens now: in Node's own storage, as the tenant's context is. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { ROOT_CONTEXT, type Context, type ContextManager } from '@opentelemetry/api';

export class SpanContext implements ContextManager {
  private readonly storage = new AsyncLocalStorage<Context>();

  active(): Context {
    return this.storage.getStore() ?? ROOT_CONTEXT;
  }

  with<A extends unknown[], F extends (...args: A) => ReturnType<F>>(
    context: Context,
    work: F,
    self?: ThisParameterType<F>,
    ...given: A
  ): ReturnType<F> {
    return this.storage.run(context, () => work.apply(self, given));
  }

  bind<T>(context: Context, target: T): T {
    if (typeof target !== 'function') return target;
    const work = target as unknown as (...given: unknown[]) => unknown;
    const { storage } = this;
    return function bound(this: unknown, ...given: unknown[]) {
      return storage.run(context, () => work.apply(this, given));
    } as T;
  }

  enable(): this {
    return this;
  }

  disable(): this {
    this.storage.disable();
    return this;
  }
}
