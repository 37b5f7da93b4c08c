import { z } from "zod";

/** A query parameter that may be given once or several times. */
export const several = <T extends z.ZodType>(item: T, most = 100) =>
  z.preprocess(
    (value) => (value === undefined || Array.isArray(value) ? value : [value]),
    z.array(item).max(most).optional(),
  );
