/** What is told of a row that is wrong: names of members are in it, which may be of any length. */
export const boundedFault = (text: string): string => (text.length > 500 ? `${text.slice(0, 500)}…` : text);
