/**
 * Callers who ask the same at the same time share one answer. The one who asked may give up; then each of the others
 * asks again, because nobody's deadline may end another's request.
 */
export class SharedRead<T> {
  #running: Promise<T> | null = null;

  async ask(read: () => Promise<T>): Promise<T> {
    const running = this.#running;
    if (running) {
      const shared = await running.then(
        value => ({ value }),
        () => null,
      );
      if (shared) return shared.value;
    }
    const own = read().finally(() => {
      if (this.#running === own) this.#running = null;
    });
    this.#running = own;
    return await own;
  }
}
