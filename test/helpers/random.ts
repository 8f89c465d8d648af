/** Seeded random numbers, which also make the bundled samples; tests import them from here. */
export * from "../../resources/scripts/random.ts";
