/** Settings of the pages that are served to people. A browser is told all of them: none can be a secret (S4.4). */
import { z } from 'zod';
import { environmentWord, settingNotes } from './setting.types.js';

const url = () => z.url({ protocol: /^https?$/, message: 'must be an http or https URL' });

export const frontendSchema = z.object({
  PUBLIC_APP_ENV: environmentWord.register(settingNotes, {
    description: 'local, staging or production: shown on every page that is not production’s',
    template: { local: 'local', staging: 'staging', production: 'production' },
  }),
  PUBLIC_API_URL: url().register(settingNotes, {
    description: 'Where the API answers: APP_URL of the backend of the same environment',
    template: { local: 'http://127.0.0.1:3000', staging: 'https://<host>', production: 'https://<host>' },
  }),
});
