const format = new Intl.NumberFormat("en-US");

/** "1,234" */
export function numberText(value: number): string {
  return format.format(value);
}

/** "1.5 MiB": a number of bytes for people. */
export function byteText(count: number): string {
  const units = ["bytes", "KiB", "MiB", "GiB", "TiB"];
  let [size, unit] = [count, 0];
  while (size >= 1024 && unit < units.length - 1) [size, unit] = [size / 1024, unit + 1];
  return `${unit === 0 ? Math.ceil(size) : size.toFixed(1)} ${units[unit]}`;
}
