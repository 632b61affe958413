/** Replaces what a job must not show. Like the agent it also knows secrets as JSON and URLs write them. */
export class SecretMasker {
  #values: readonly string[] = [];

  add(secret: string): void {
    const lines = [secret, ...secret.split(/[\r\n]+/)];
    const forms = lines.flatMap((value) => [
      value,
      JSON.stringify(value).slice(1, -1),
      encodeURIComponent(value.toWellFormed()),
    ]);
    const known = new Set([...this.#values, ...forms.filter((form) => form !== '')]);
    this.#values = [...known].sort((a, b) => b.length - a.length);
  }

  readonly mask = (text: string): string => {
    let masked = text;
    for (const value of this.#values) masked = masked.replaceAll(value, '***');
    return masked;
  };
}
