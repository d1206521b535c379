import { demoOrganizations } from './demo-data.js';

/** What `npm start` says once it serves: where, as whom, and what to try. */
export function welcome(url: string, password: string): string {
  const signIns = demoOrganizations.flatMap(({ name, members }) =>
    members.map(({ email, role }) => `    ${name.padEnd(13)} ${role.padEnd(7)} ${email}`),
  );
  return `
Bulkhead serves at ${url}   (environment: local, every vendor is a mock)

  API documents   ${url}/docs
  OpenAPI 3.1     ${url}/openapi.json
  Health          ${url}/readyz

  Demo sign-ins, all with the password  ${password}
${signIns.join('\n')}

  Four things to try
    1. Sign in and keep the access token:
       TOKEN=$(curl -s ${url}/v1/sessions -H 'content-type: application/json' \\
         -d '{"email":"olivia@volt-motors.example","password":"${password}"}' | sed 's/.*"accessToken":"\\([^"]*\\)".*/\\1/')
    2. List the members of Volt Motors, and nobody else's:
       curl -s ${url}/v1/members -H "authorization: Bearer $TOKEN"
    3. Let a shopper ask by WhatsApp where the order is (signed as Meta would), and read what was answered:
       npm run webhook -- whatsapp text
       curl -s ${url}/v1/drafts -H "authorization: Bearer $TOKEN"
       curl -s ${url}/mocks/outbox
    4. Sign out, and see the token refused at once:
       curl -s -X DELETE ${url}/v1/sessions/current -H "authorization: Bearer $TOKEN"
       curl -s ${url}/v1/me -H "authorization: Bearer $TOKEN"

Ctrl-C stops everything.
`;
}
