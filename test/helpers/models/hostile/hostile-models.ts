import { layouts, locations, modelPlaces, places } from "./hostile-places.ts";
import { forms, operators, sizes } from "./hostile-contents.ts";
import type { HostileModel } from "./hostile-model.ts";

/** All of them, each with a name of its own. */
export const hostileModels: readonly HostileModel[] = [
  ...locations,
  ...layouts,
  ...places,
  ...modelPlaces,
  ...sizes,
  ...operators,
  ...forms,
];
