/**
 * The smallest model that says whether a device works: `x` float [N, 2] → `y` = x · [[1, 2], [3, 4]] + [0.5, −0.5],
 * float [N, 2]. In the program itself, since a device is tried before there is any file.
 */
export const tinyModel: Uint8Array = Buffer.from(
  "CAgSCWJhdGNoZGVjazp3ChIKAXgKAXcKAWISAXkiBEdlbW0SBWdyYXBoKhsIAggCEAFCAXdKEAAAgD8AAABAAABAQAAAgEAqEQgCEAFCAWJKCAAA" +
    "AD8AAAC/WhQKAXgSDwoNCAESCQoDEgFOCgIIAmIUCgF5Eg8KDQgBEgkKAxIBTgoCCAJCBAoAEBE=",
  "base64",
);
