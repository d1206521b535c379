import { Global, Module, type DynamicModule } from '@nestjs/common';
import { ConfigModule, ConfigService } from '@nestjs/config';
import type { Settings } from './settings.js';

/** The frozen settings, typed: `config.get('policy', { infer: true })`. */
export class Config extends ConfigService<Settings, true> {}

/** Hands the settings to whoever injects `Config`; nothing is read from the process a second time. */
@Global()
@Module({})
export class SettingsModule {
  static register(settings: Settings): DynamicModule {
    return {
      module: SettingsModule,
      imports: [ConfigModule.forRoot({ ignoreEnvFile: true, skipProcessEnv: true, load: [() => settings] })],
      providers: [{ provide: Config, useExisting: ConfigService }],
      exports: [Config],
    };
  }
}
