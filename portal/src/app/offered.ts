// Which lists and calls the server of this build offers, by the names in schema/api (lists/NAME) and src/api/routes (calls/NAME): vite.config.ts
// reads them. What is not there yet is left out of the portal instead of failing in it.
declare const __OFFERED__: string[];
export const offered = (name: string): boolean => __OFFERED__.includes(name);
