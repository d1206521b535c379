/** The platform's second kill switch, beside the row in the database: it works when nobody can sign in. */
export abstract class KillSwitchParameter {
  /** On: nothing leaves, not even a person's reply. Answers at once, and `true` whenever it does not know. */
  abstract isOn(): boolean;

  /** How old what it knows is, in milliseconds; undefined while it knows nothing. */
  abstract ageMs(): number | undefined;
}

/** Where there is no cloud account there is no second switch; the row in the database decides alone. */
export const noKillSwitchParameter: KillSwitchParameter = { isOn: () => false, ageMs: () => undefined };
