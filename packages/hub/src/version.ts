/** As the packages are numbered; shown to agents and in the API description. */
export const hubVersion = "0.1.0";
