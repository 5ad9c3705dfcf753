import { expect, test } from 'vitest';
import { parseJson } from '../../../server/lib/text/json-text.js';

test.each([
  ['', 'line 1, column 1'],
  ['not json', 'line 1, column 1'],
  ['{"a":1,}', 'line 1, column 8'],
  ['{"a" 1}', 'line 1, column 6'],
  ['[1 2]', 'line 1, column 4'],
  ['[1,]', 'line 1, column 4'],
  ['{"a":1', 'line 1, column 7'],
  ['{"a":"half', 'line 1, column 6'],
  ['{"a":01}', 'line 1, column 6'],
  ['{"a":tru}', 'line 1, column 6'],
  ['{"a":"\\x"}', 'line 1, column 6'],
  ['[1]]', 'line 1, column 4'],
  ['[1}', 'line 1, column 3'],
  ['{"a":1}}', 'line 1, column 8'],
  ['{\n  "ann": {"password": "x"},\n  bob: {}\n}', 'line 3, column 3'],
  ['\uFEFF{\r\n  "a": }', 'line 2, column 8'],
])('%j is not JSON, told with its place and without its text', (text, place) => {
  expect(parseJson(text)).toEqual({ ok: false, error: `not valid JSON: ${place}` });
});

test.each(['{}', '\uFEFF{"a":[1,-0.5e3,true,null,"\\u00e4\\n"]}', ' [ ] ', '"é\u007f"'])('%j is JSON', (text) => {
  expect(parseJson(text)).toEqual({ ok: true, value: JSON.parse(text.replace('\uFEFF', '')) });
});
