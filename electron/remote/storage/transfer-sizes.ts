import type { FlightLimits } from "./flight.ts";

/** How a transfer is cut up, and how much of it is under way at once. */
export type TransferSizes = {
  /** Of the blocks and ranges that larger files are sent and fetched in; what is not larger goes as one. */
  readonly blockBytes: number;
  readonly flight: FlightLimits;
};

const mebibyte = 1024 * 1024;

/**
 * Eight blocks fill a line of a gigabit over some tens of milliseconds, and a block that is cut off is sent again within a second.
 * Of small files, most of the time goes by waiting for answers, so many are asked for at once.
 */
export const usualSizes: TransferSizes = {
  blockBytes: 8 * mebibyte,
  flight: { requests: 64, bytes: 64 * mebibyte },
};
