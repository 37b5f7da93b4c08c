/**
 * Numbers of the store as the API shows them: `m_7` a machine, `p_12` a process, `t_3` a token, `u_1` a user,
 * `x_4` an expectation, `e_9` an event, `k_5` a check-in,
 * `c_8` a check, `w_2` planned maintenance.
 */
type Prefix = "m" | "p" | "t" | "u" | "x" | "e" | "k" | "c" | "w";

export const publicId = (prefix: Prefix, id: number): string => `${prefix}_${id}`;

/** The number in `m_7`; null if the text has another form and so can only be a name. */
export function readPublicId(prefix: Prefix, text: string): number | null {
  const match = /^([a-z])_(\d{1,15})$/.exec(text);
  return match?.[1] === prefix ? Number(match[2]) : null;
}
