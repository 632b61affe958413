/** The works of one common purpose: the first failure stops the others, and all are over when it is thrown. */
export async function settleAll(works: readonly Promise<unknown>[], stop: () => void): Promise<void> {
  const failures: unknown[] = [];
  const over = works.map((work) =>
    work.catch((error: unknown) => {
      if (failures.push(error) === 1) stop();
    }),
  );
  await Promise.all(over);
  if (failures.length > 0) throw failures[0];
}
