/** Lets real time pass. To wait for something, use `until`; where the engine's clock is fake, use `pass`. */
export function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
