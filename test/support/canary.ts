/** A secret in the forms in which it could slip out. */
export function formsOf(secret: string): readonly string[] {
  const bytes = Buffer.from(secret);
  const json = JSON.stringify(secret).slice(1, -1);
  return [
    ...new Set([
      secret,
      json,
      JSON.stringify(json).slice(1, -1),
      encodeURIComponent(secret),
      bytes.toString('base64'),
      bytes.toString('base64').replace(/=+$/, ''),
      bytes.toString('base64url'),
      bytes.toString('hex'),
      Array.from(secret).reverse().join(''),
      secret.toUpperCase(),
      secret.toLowerCase(),
      // A part is a leak, too.
      secret.slice(0, Math.ceil(secret.length / 2)),
      secret.slice(Math.floor(secret.length / 2)),
    ]),
  ];
}

/** Where a secret is found in texts, by the name of the text; empty is what we want. */
export function leaks(secrets: readonly string[], texts: Readonly<Record<string, string>>): readonly string[] {
  const forms = secrets.flatMap(secret => formsOf(secret).map(form => ({ secret, form })));
  return Object.entries(texts).flatMap(([where, text]) =>
    forms
      .filter(({ form }) => text.includes(form))
      .map(({ secret, form }) => `${where} holds ${secret} as ${form}: …${around(text, form)}…`),
  );
}

function around(text: string, form: string): string {
  const at = text.indexOf(form);
  return text.slice(Math.max(0, at - 80), at + form.length + 40);
}
