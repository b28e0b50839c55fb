/** Also as base64, in which Secrets are sent, whatever stands before it. */
export function holds(body: string, token: string): boolean {
  if (body.includes(token)) return true;
  const words = body.match(/[A-Za-z0-9+/=]{40,}/gu) ?? [];
  return words.some(word => Buffer.from(word, 'base64').toString().includes(token));
}
