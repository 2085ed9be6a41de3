// The language service was made for pages and for Node: it looks for `global`. Must be the worker's first import.
(globalThis as unknown as { global: unknown }).global = globalThis;
export {};
