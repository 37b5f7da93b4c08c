/** `CPU: user`, `Disk traffic: read, sda`. */
export declare function metricName(metric: string, attributes: Readonly<Record<string, string>>): string;
/** The values that tell series of one metric apart, in words where we have them. */
export declare function attributeText(attributes: Readonly<Record<string, string>>): string;
