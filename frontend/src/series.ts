/** Arithmetic of series. */

/** The mean of up to `width` values that end at each place; nulls count as absent, and a place without any is null. */
export function rollingMean(values: readonly (number | null)[], width: number): (number | null)[] {
  let sum = 0;
  let present = 0;
  return values.map((value, index) => {
    if (value !== null) {
      sum += value;
      present += 1;
    }
    const gone = index >= width ? values[index - width] : null;
    if (gone !== null && gone !== undefined) {
      sum -= gone;
      present -= 1;
    }
    return present === 0 ? null : sum / present;
  });
}
