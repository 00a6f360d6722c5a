/**
 * Configuration files with one thing wrong each, for every rule that there is,
 * and what is said of them.
 *
 * @module
 */

const PORT = "is not a port: give a whole number from 1 to 65535";
const HTTP_PORT = "is not a port: give a whole number from 0 to 65535";
const SWITCH = "is neither true nor false";
const HOST = "is neither an IP address nor a host name";
const NAME = 'is no name for a rig: use letters, digits, ".", "_" and "-"';
const MEMBERS =
  "is no rig: give it name and host, or a range, which names its rigs itself";
const OBJECT =
  'is no configuration: give a JSON object, such as {"http-port": 8080}';
const TAG_NAME = 'is no name of a tag: use letters, digits, "_" and "-", ' +
  "and begin with none of the digits";
const TAG_VALUE = "is no value of a tag: give 1 to 100 characters, " +
  'without "/", "," and control characters';
const TAGS = 'is no set of tags: give at most 16, such as {"site": "barn"}';

/** A file, and what is said of it behind its name. */
export const WRONG_CONFIG_FILES: [text: string, message: string][] = [
  ["", "line 1, column 1: there is nothing in it"],
  [
    '{\n  "log": "off",\n}',
    "line 3, column 1: nothing follows the comma before it",
  ],
  [
    '{\n  "log": "off"\n  "demo": 3\n}',
    'line 3, column 3: "," is missing',
  ],
  ["[]", `a list ${OBJECT}`],
  ["null", `null ${OBJECT}`],
  ['"x"', `"x" ${OBJECT}`],
  [
    '{"htp-port": 1}',
    "htp-port: there is no such option; did you mean http-port?",
  ],
  [
    '{"HTTP_PORT": 1}',
    "HTTP_PORT: there is no such option; did you mean http-port?",
  ],
  ['{"zebra": 1}', "zebra: there is no such option: see chi-server --help"],
  ['{"a\\nb": 1}', '["a\\nb"]: there is no such option: see chi-server --help'],
  [
    '{"__proto__": 1}',
    "__proto__: there is no such option: see chi-server --help",
  ],
  [
    '{"constructor": 1}',
    "constructor: there is no such option: see chi-server --help",
  ],
  [
    '{"\\ud800": 1}',
    "a key holds half a character: \\ud800 to \\udfff come in pairs",
  ],
  [
    '{"trouble": 5}',
    'trouble: 5 is no set of limits: give them by code, such as {"hot": {"chip": 95}}',
  ],
  [
    '{"trouble": {"hott": 5}}',
    "trouble.hott: there is no such member; did you mean hot?",
  ],
  [
    '{"trouble": {"hot": {"chips": 5}}}',
    "trouble.hot.chips: there is no such member; did you mean chip?",
  ],
  [
    '{"trouble": {"no-shares": "1 h"}}',
    'trouble.no-shares: "1 h" is no limit: give a number, {"minutes":30,"times":20} or parts of it, or null to switch it off',
  ],
  [
    '{"trouble": {"hot": {"chip": -1}}}',
    "trouble.hot.chip: -1 is no limit: give a number, 0 or more",
  ],
  [
    '{"trouble": {"down": 5}}',
    "trouble.down: 5 has no limit: give null to switch it off",
  ],
  [
    '{"trouble": {"tags": {"barn": {}}}}',
    'trouble.tags: "barn" is no tag: give KEY:VALUE, such as site:barn',
  ],
  [
    '{"trouble": {"tags": {"site:barn": {"hot": "x"}}}}',
    'trouble.tags["site:barn"].hot: "x" is no limit: give a number, {"board":85,"chip":100,"memory":105,"other":85,"critical":5} or parts of it, or null to switch it off',
  ],
  ['{"help": true}', "help: cannot be set in a file"],
  ['{"version": true}', "version: cannot be set in a file"],
  ['{"json": true}', "json: cannot be set in a file"],
  ['{"config": "b.json"}', "config: cannot be set in a file"],
  [
    '{"http-port": 1, "http_port": 2}',
    "http_port: http-port says the same: leave one of them out",
  ],
  [
    '{"rig": "a=h", "rigs": []}',
    "rig: rigs says the same: leave one of them out",
  ],
  [
    '{"token": "a", "tokenFile": "b"}',
    "token: tokenFile says the same: leave one of them out",
  ],
  ['{"$schema": 1}', "$schema: 1 is no address of a schema: give text"],
  ['{"http-port": 65536}', `http-port: 65536 ${HTTP_PORT}`],
  ['{"http-port": 80.5}', `http-port: 80.5 ${HTTP_PORT}`],
  ['{"http-port": -1}', `http-port: -1 ${HTTP_PORT}`],
  ['{"httpPort": "x"}', `httpPort: "x" ${HTTP_PORT}`],
  ['{"http-port": "65536"}', `http-port: "65536" ${HTTP_PORT}`],
  ['{"http-port": null}', `http-port: null ${HTTP_PORT}`],
  ['{"http-port": {"a": 1}}', `http-port: an object ${HTTP_PORT}`],
  ['{"http-port": [80]}', `http-port: a list ${HTTP_PORT}`],
  ['{"http-host": "a b"}', `http-host: "a b" ${HOST}`],
  ['{"http-host": 1}', `http-host: 1 ${HOST}`],
  ['{"api-host": ""}', `api-host: "" ${HOST}`],
  ['{"api-port": 0}', `api-port: 0 ${PORT}`],
  ['{"discover": "yes"}', `discover: "yes" ${SWITCH}`],
  ['{"http-errors": 1}', `http-errors: 1 ${SWITCH}`],
  ['{"token-for-reads": null}', `token-for-reads: null ${SWITCH}`],
  [
    '{"token-for-reads": true}',
    "token-for-reads needs a token: give --token-file or CHI_TOKEN",
  ],
  [
    '{"timeout": 0}',
    "timeout: 0 is no time: give seconds, more than 0 and at most 3600",
  ],
  [
    '{"timeout": "1h"}',
    'timeout: "1h" is no time: give seconds, more than 0 and at most 3600',
  ],
  [
    '{"max-reply": 0}',
    "max-reply: 0 is not a length in KiB: give a whole number from 1 to 65536",
  ],
  ['{"log": "xml"}', 'log: "xml" is no log format: give text, json or off'],
  [
    '{"demo": 1001}',
    "demo: 1001 is not a number of rigs: give a whole number from 0 to 1000",
  ],
  [
    '{"allow": ["R:0/0"]}',
    "allow: a list is no list of addresses: give text such as W:127/8,R:0/0",
  ],
  [
    '{"groups": 1}',
    "groups: 1 is no list of groups: give text such as P:switchpool:*",
  ],
  [
    '{"cors": [1]}',
    "cors[0]: 1 is no origin: give text such as https://farm.example.com",
  ],
  [
    '{"cors": ["*", "x"]}',
    'cors[1]: "x" is no origin: give scheme, host and port alone, such as https://farm.example.com',
  ],
  [
    '{"allow-host": ""}',
    'allow-host: "" is no host name: give text such as miner.example.com',
  ],
  [
    '{"trust-proxy": true}',
    "trust-proxy: true is no network: give text such as 10.0.0.0/8",
  ],
  ['{"tls-cert": 1}', "tls-cert: 1 is no file's name: give text"],
  ['{"token-file": ""}', 'token-file: "" is no file\'s name: give text'],
  [
    '{"token": "s3cret s3cret"}',
    "token: this is no token: give visible ASCII characters, without spaces",
  ],
  [
    '{"token": ["s3cret"]}',
    "token: this is no token: give visible ASCII characters, without spaces",
  ],
  ['{"token": "s3cret}', 'line 1, column 11: this text lacks its closing "'],
  ['{"rigs": 1}', "rigs: 1 is no list of rigs: give [...] or {...}"],
  [
    '{"rig": [1]}',
    "rig[0]: 1 is no rig: give text such as NAME=HOST, NAME=HOST:PORT or 10.0.0.10-40",
  ],
  [
    '{"rigs": ["a"]}',
    'rigs[0]: "a" is no rig: give NAME=HOST, NAME=HOST:PORT, or a range such as 10.0.0.10-40',
  ],
  [
    '{"rigs": ["a=10.0.0.1-9"]}',
    'rigs[0]: "a=10.0.0.1-9": a range names its rigs itself, by address: leave out NAME=',
  ],
  [
    '{"rigs": ["all=h"]}',
    'rigs[0]: No rig may be called "all": /@all means all of them',
  ],
  [
    '{"rigs": [[]]}',
    'rigs[0]: a list is no rig: give text such as NAME=HOST, or an object such as {"name": "garage", "host": "10.0.0.7"}',
  ],
  ['{"rigs": [{}]}', `rigs[0]: an object ${MEMBERS}`],
  ['{"rigs": [{"name": "a"}]}', `rigs[0]: an object ${MEMBERS}`],
  ['{"rigs": [{"host": "h"}]}', `rigs[0]: an object ${MEMBERS}`],
  [
    '{"rigs": [{"name": "a", "range": "10.0.0.1-2"}]}',
    `rigs[0]: an object ${MEMBERS}`,
  ],
  [
    '{"rigs": [{"name": "a", "host": "h", "hostname": "h"}]}',
    `rigs[0]: an object ${MEMBERS}`,
  ],
  [
    '{"rigs": [{"name": "a", "hots": "h"}]}',
    "rigs[0].hots: there is no such member; did you mean host?",
  ],
  [
    '{"rigs": [{"name": "a", "ip": "h"}]}',
    "rigs[0].ip: there is no such member: give name, host, hostname, range, port, tags, kind, password, password-file",
  ],
  [
    '{"rigs": [{"name": "a b", "host": "h"}]}',
    `rigs[0].name: "a b" ${NAME}, but not "all"`,
  ],
  [
    '{"rigs": [{"name": "all", "host": "h"}]}',
    `rigs[0].name: "all" ${NAME}, but not "all"`,
  ],
  ['{"rigs": [{"name": "a", "host": "b c"}]}', `rigs[0].host: "b c" ${HOST}`],
  ['{"rigs": [{"name": "a", "hostname": 1}]}', `rigs[0].hostname: 1 ${HOST}`],
  ['{"rigs": [{"name": "a", "host": "h:0"}]}', `rigs[0].host: "0" ${PORT}`],
  [
    '{"rigs": [{"name": "a", "host": "10.0.0.1-9"}]}',
    `rigs[0].host: "10.0.0.1-9" ${HOST}: --rig takes ranges`,
  ],
  [
    '{"rigs": ["a=h", "b=h", {"name": "c", "host": "h", "port": 99999}]}',
    `rigs[2].port: 99999 ${PORT}`,
  ],
  [
    '{"rigs": [{"name": "a", "host": "h", "port": "99999"}]}',
    `rigs[0].port: "99999" ${PORT}`,
  ],
  [
    '{"rigs": [{"name": "a", "host": "h:1", "port": 1}]}',
    "rigs[0].port: the port stands in host already",
  ],
  [
    '{"rigs": [{"range": "10.0.0.1-2:1", "port": 1}]}',
    "rigs[0].port: the port stands in range already",
  ],
  [
    '{"rigs": [{"range": "garage"}]}',
    'rigs[0].range: "garage" is no range: give 10.0.0.10-40 or 10.0.0.0/24',
  ],
  [
    '{"rigs": [{"range": "10.0.0.0/16"}]}',
    'rigs[0].range: "10.0.0.0/16" has 65536 addresses, and 1024 is the most: give /22',
  ],
  [
    '{"rigs": ["a=h", {"name": "a", "host": "i"}]}',
    'rigs[1]: two rigs are called "a": give each a name, as in garage=i',
  ],
  [
    '{"rigs": ["10.0.0.1-9", "10.0.0.9"]}',
    'rigs[1]: two rigs are called "10.0.0.9": give each a name, as in garage=10.0.0.9',
  ],
  [
    '{"rigs": {"a": {"host": "h", "kind": "antminer"}}}',
    'rigs.a.kind: "antminer" is no kind: give whatsminer or luxos',
  ],
  [
    '{"rigs": {"a": {"host": "h", "password": 12345}}}',
    "rigs.a.password: this is no password: give text of 1 to 256 characters",
  ],
  [
    '{"rigs": {"a": {"host": "h", "password": ""}}}',
    "rigs.a.password: this is no password: give text of 1 to 256 characters",
  ],
  [
    '{"rigs": {"a": {"host": "h", "password_file": 1}}}',
    "rigs.a.password-file: 1 is no file's name: give text",
  ],
  [
    '{"rigs": {"a": {"host": "h", "password": "x", "passwordFile": "f"}}}',
    "rigs.a.password-file: password says the same: leave one of them out",
  ],
  [
    '{"rigs": {"a": {"host": "h", "password": "x", "kind": "luxos"}}}',
    "rigs.a.password: LuxOS has no password: leave it out",
  ],
  ['{"rigs": {"a b": "h"}}', `rigs: "a b" ${NAME}, but not "all"`],
  ['{"rigs": {"a": "h:x"}}', `rigs.a: "x" ${PORT}`],
  [
    '{"rigs": {"a": "10.0.0.1-9"}}',
    `rigs.a: "10.0.0.1-9" ${HOST}: --rig takes ranges`,
  ],
  [
    '{"rigs": {"a.b": {"host": "h", "port": 0}}}',
    `rigs["a.b"].port: 0 ${PORT}`,
  ],
  ['{"rigs": {"a": {}}}', "rigs.a: an object is no rig: give it a host"],
  [
    '{"rigs": {"a": {"name": "b", "host": "h"}}}',
    "rigs.a.name: there is no such member: give host, hostname, port, tags, kind, password, password-file",
  ],
  [
    '{"rigs": {"a": 1}}',
    'rigs.a: 1 is no rig: give text such as HOST or HOST:PORT, or an object such as {"host": "10.0.0.7"}',
  ],
  [withTags("[]"), `rigs[0].tags: a list ${TAGS}`],
  [
    withTags(
      JSON.stringify(
        Object.fromEntries(
          Array.from({ length: 17 }, (_, i) => [`t${i}`, "x"]),
        ),
      ),
    ),
    `rigs[0].tags: an object ${TAGS}`,
  ],
  [withTags('{"1a": "x"}'), `rigs[0].tags: "1a" ${TAG_NAME}`],
  [withTags('{"__address__": "x"}'), `rigs[0].tags: "__address__" ${TAG_NAME}`],
  [
    withTags('{"row-1": "x", "row_1": "y"}'),
    'rigs[0].tags: "row-1" and "row_1" are one label to Prometheus',
  ],
  [withTags('{"": "x"}'), `rigs[0].tags: "" ${TAG_NAME}`],
  [withTags('{"a:b": "x"}'), `rigs[0].tags: "a:b" ${TAG_NAME}`],
  [withTags('{"site": ""}'), `rigs[0].tags.site: "" ${TAG_VALUE}`],
  [withTags('{"site": 1}'), `rigs[0].tags.site: 1 ${TAG_VALUE}`],
  [withTags('{"site": "a/b"}'), `rigs[0].tags.site: "a/b" ${TAG_VALUE}`],
  [withTags('{"site": "a,b"}'), `rigs[0].tags.site: "a,b" ${TAG_VALUE}`],
  [withTags('{"site": "a\\tb"}'), `rigs[0].tags.site: "a\\tb" ${TAG_VALUE}`],
  [
    withTags('{"site": "\\u0085"}'),
    `rigs[0].tags.site: "\\u0085" ${TAG_VALUE}`,
  ],
  [
    withTags('{"site": "\\udc00"}'),
    `rigs[0].tags.site: "\\udc00" ${TAG_VALUE}`,
  ],
  [
    withTags(`{"site": "${"x".repeat(101)}"}`),
    `rigs[0].tags.site: "${"x".repeat(64)}..." ${TAG_VALUE}`,
  ],
];

/**
 * Makes a file of one rig with tags.
 *
 * @param tags The tags, as JSON or nearly.
 * @returns The file.
 */
export function withTags(tags: string): string {
  return `{"rigs": [{"name": "a", "host": "h", "tags": ${tags}}]}`;
}
