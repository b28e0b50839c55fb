/** Every failure of the lab: what is wrong, and what to do about it. */
export class LabError extends Error {
  readonly nextStep: string;

  constructor(message: string, nextStep: string, cause?: unknown) {
    super(`${message} ${nextStep}`.trim(), { cause });
    this.name = 'LabError';
    this.nextStep = nextStep;
  }
}
