// Where the fuzzer begins: files to vary, and words to put in. usage: node test/seeds.mjs SOURCE_fuzz.cpp CORPUS DICTIONARY
// KQL: the queries of the text cases and the built-in ones, words from the schema. Readers: the texts that the tests beside them read. What no test has lies in test/seeds/TARGET/.
import {createHash} from "node:crypto";
import {existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync} from "node:fs";
import {basename, dirname, join} from "node:path";

const [source, corpus, dictionary] = process.argv.slice(2);
const most_bytes = 20_000;

function files_below(folder) {
  return readdirSync(folder).flatMap(name => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? files_below(path) : [path];
  });
}

function queries_of_cases(text) {
  const short = [...text.matchAll(/^\? (.*?)(?: -> .*)?$/gm)].map(found => `print x = ${found[1]}`);
  const long = [...text.matchAll(/^## .*\n([^]*?)^---/gm)].map(found => found[1]);
  return [...short, ...long];
}

function unescaped(literal) {
  try {
    return JSON.parse(`"${literal}"`);
  } catch {
    return literal;
  }
}

function texts_of_tests(code) {
  const raw = [...code.matchAll(/R"([^\s()\\"]{0,16})\(([^]*?)\)\1"/g)].map(found => found[2]);
  const plain = [...code.matchAll(/"((?:[^"\\\n]|\\.){24,})"/g)].map(found => unescaped(found[1]));
  return [...raw, ...plain];
}

function kql_seeds() {
  return [
    ...files_below("test/hunt/cases").flatMap(path => queries_of_cases(readFileSync(path, "utf8"))),
    ...files_below("schema/queries").map(path => readFileSync(path, "utf8")),
  ];
}

function kql_words() {
  const entries = files_below("schema/functions")
    .filter(path => path.endsWith("s.json") && !path.endsWith("units.json"))
    .flatMap(path => JSON.parse(readFileSync(path, "utf8")));
  const tables = files_below("schema/tables").flatMap(path => {
    const table = JSON.parse(readFileSync(path, "utf8"));
    return [table.name, ...(table.columns ?? []).map(column => column.name)];
  });
  return [...new Set([...entries.map(entry => entry.name), ...tables])].filter(word => /^\w+$/.test(word ?? ""));
}

// The tests in the target's own folder and in the one above it, as long as that is a folder of the same room.
function reader_seeds() {
  const own = dirname(source);
  const folders = [own, ...(own.split("/").length > 2 ? [dirname(own)] : [])];
  return folders
    .flatMap(folder => readdirSync(folder).filter(name => name.endsWith("_test.cpp")).map(name => join(folder, name)))
    .flatMap(path => texts_of_tests(readFileSync(path, "utf8")));
}

function own_seeds() {
  const folder = join("test/seeds", basename(source, ".cpp"));
  return existsSync(folder) ? files_below(folder).map(path => readFileSync(path, "utf8")) : [];
}

const about_kql = source.startsWith("src/hunt/");
mkdirSync(corpus, {recursive: true});
for (const seed of [...(about_kql ? kql_seeds() : reader_seeds()), ...own_seeds()]) {
  if (seed.length === 0 || seed.length > most_bytes) continue;
  const path = join(corpus, createHash("sha1").update(seed).digest("hex"));
  if (!existsSync(path)) writeFileSync(path, seed);
}
writeFileSync(dictionary, (about_kql ? kql_words() : []).map(word => `"${word}"\n`).join(""));
