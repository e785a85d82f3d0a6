import { describe, expect, test } from 'vitest';
import { outcome } from '../evaluation-support.ts';
import { kubernetesEnvironment } from '../kubernetes-environment.ts';

const environment = kubernetesEnvironment();

/** What expressions of each library come to. */
const TABLES: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  lists: [
    ['[1, 2, 2].isSorted() && !["b", "a"].isSorted()', 'true'],
    ['[1, 2].sum() == 3 && [1.5, 2.5].sum() == 4.0 && [duration("1m"), duration("1s")].sum() == duration("61s")', 'true'],
    ['[3, 1].min() == 1 && ["a", "c", "b"].max() == "c"', 'true'],
    ['[1, 2, 1].indexOf(1) == 0 && [1, 2, 1].lastIndexOf(1) == 2 && [1].indexOf(9) == -1', 'true'],
    ['[].min() == 1', 'error: min called on empty list'],
    ['[9223372036854775807, 1].sum()', 'error: integer overflow'],
  ],
  'extended lists': [
    ['[3, 1, 2].sort()', '[1, 2, 3]'],
    ['["bb", "a"].sortBy(s, s.size())', '["a", "bb"]'],
    ['[1, 2, 3, 4].slice(1, 3)', '[2, 3]'],
    ['[1].slice(0, 2)', 'error: cannot slice(0, 2), list is length 1'],
    ['[[1], [2, 3]].flatten()', '[1, 2, 3]'],
    ['[1, 2, 1].distinct()', '[1, 2]'],
    ['[1, 2].reverse()', '[2, 1]'],
    ['lists.range(3)', '[0, 1, 2]'],
    ['lists.range(99999999999)', 'error: operation cancelled: result too large'],
    ['[1, 2].first().value() + [1, 2].last().value()', '3'],
  ],
  sets: [
    ['sets.contains([1, 2], [2]) && !sets.contains([1], [1, 2])', 'true'],
    ['sets.intersects([1, 2], [2, 3]) && !sets.intersects([1], [2])', 'true'],
    ['sets.equivalent([1, 2, 2], [2, 1]) && sets.equivalent([[1]], [[1]])', 'true'],
  ],
  regex: [
    ['"abc 123".find("[0-9]+")', '"123"'],
    ['"abc".find("[0-9]+")', '""'],
    ['"1 22 333".findAll("[0-9]+")', '["1", "22", "333"]'],
    ['"1 22 333".findAll("[0-9]+", 2)', '["1", "22"]'],
    ['"1 22".findAll("[0-9]+", 0)', '[]'],
    ['"a".matches("[" + "a")', 'error: error parsing regexp: missing closing ]: `[a`'],
    [`"${'a'.repeat(40)}!".matches("^(a+)+$")`, 'false'],
  ],
  url: [
    ['url("https://user@[::1]:80/a%20b?x=1&x=2&y#z").getHost()', '"[::1]:80"'],
    ['url("https://[::1]:80/").getHostname() + url("https://[::1]:80/").getPort()', '"::180"'],
    ['url("HTTPS://example.com/a b").getScheme()', '"https"'],
    ['url("https://example.com/a b").getEscapedPath()', '"/a%20b"'],
    ['url("/path?x=1&x=2+3&y=%26").getQuery()', '{"x": ["1", "2 3"], "y": ["&"]}'],
    ['isURL("https://a.b/") && isURL("/a") && !isURL("a") && !isURL("https://a:b/") && !isURL("")', 'true'],
    ['url("../a")', 'error: URL parse error during conversion from string: parse "../a": invalid URI for request'],
    ['url("https://a/") == url("https://a/")', 'true'],
  ],
  ip: [
    ['string(ip("2001:DB8:0:0:0:0:0:1"))', '"2001:db8::1"'],
    ['ip("10.0.0.1").family() == 4 && ip("::1").family() == 6', 'true'],
    ['ip("::1") == ip("0:0::1") && ip("::1").isLoopback() && ip("127.9.9.9").isLoopback()', 'true'],
    ['ip("0.0.0.0").isUnspecified() && ip("fe80::1").isLinkLocalUnicast() && ip("224.0.0.1").isLinkLocalMulticast()', 'true'],
    ['ip("8.8.8.8").isGlobalUnicast() && !ip("255.255.255.255").isGlobalUnicast() && !ip("ff02::1").isGlobalUnicast()', 'true'],
    ['ip.isCanonical("::1") && !ip.isCanonical("0::1")', 'true'],
    ['isIP("01.1.1.1") || isIP("1.1.1") || isIP("::ffff:1.2.3.4") || isIP("fe80::1%eth0") || isIP("1::2::3") || isIP("256.1.1.1")', 'false'],
    ['ip("x")', 'error: IP Address "x" parse error during conversion from string: ParseAddr("x"): unable to parse IP'],
    ['type(ip("::1")) == net.IP', 'true'],
  ],
  cidr: [
    ['cidr("10.0.0.0/8").containsIP("10.255.0.1") && cidr("10.0.0.0/8").containsIP(ip("10.0.0.1")) && !cidr("10.0.0.0/8").containsIP("11.0.0.1")', 'true'],
    ['cidr("10.0.0.0/8").containsCIDR("10.1.0.0/16") && !cidr("10.1.0.0/16").containsCIDR(cidr("10.0.0.0/8"))', 'true'],
    ['cidr("::/0").containsIP("10.0.0.1")', 'false'],
    ['string(cidr("10.1.2.3/20").masked()) + " " + string(cidr("10.1.2.3/20").ip())', '"10.1.0.0/20 10.1.2.3"'],
    ['cidr("2001:db8::/33").prefixLength()', '33'],
    ['isCIDR("10.0.0.0/33") || isCIDR("10.0.0.0") || isCIDR("10.0.0.0/08")', 'false'],
    ['cidr("10.0.0.0/33")', 'error: network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix("10.0.0.0/33"): prefix length out of range'],
  ],
  quantity: [
    ['quantity("1.5Gi") == quantity("1536Mi") && quantity("1k") == quantity("1e3") && quantity("100m") == quantity("0.1")', 'true'],
    ['quantity("1Gi").isGreaterThan(quantity("1G")) && quantity("1m").isLessThan(quantity("1")) && quantity("1").compareTo(quantity("2")) == -1', 'true'],
    ['quantity("1").add(quantity("500m")).sub(1) == quantity("0.5") && quantity("1").add(2) == quantity("3")', 'true'],
    ['quantity("-1.5").sign() + quantity("0").sign()', '-1'],
    ['quantity("2k").asInteger() == 2000 && quantity("2").isInteger() && !quantity("1500m").isInteger()', 'true'],
    ['quantity("1500m").asInteger()', 'error: cannot convert value to integer'],
    ['quantity("1500m").asApproximateFloat()', 'double 1.5'],
    ['isQuantity("1Gi") && isQuantity("+.5") && !isQuantity("1GiB") && !isQuantity("") && !isQuantity("1 Gi")', 'true'],
    ['quantity("1.2.3")', "error: quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"],
    ['quantity("0.0000000001") == quantity("1n")', 'true'],
  ],
  semver: [
    ['semver("1.2.3").major() * 100 + semver("1.2.3").minor() * 10 + semver("1.2.3").patch()', '123'],
    ['semver("1.10.0").isGreaterThan(semver("1.9.0")) && semver("1.0.0-rc.1").isLessThan(semver("1.0.0")) && semver("1.0.0-2").compareTo(semver("1.0.0-10")) == -1', 'true'],
    ['semver("1.0.0+a") == semver("1.0.0+b")', 'true'],
    ['isSemver("1.0") || isSemver("v1.0.0") || isSemver("01.0.0")', 'false'],
    ['isSemver("v1.0", true) && semver("v01", true) == semver("1.0.0")', 'true'],
    ['semver("1.0")', 'error: No Major.Minor.Patch elements found'],
  ],
  format: [
    ['format.dns1123Label().validate("abc").hasValue()', 'false'],
    ['format.dns1123Label().validate("A").value()[0].startsWith("a lowercase RFC 1123 label must consist of")', 'true'],
    ['format.labelValue().validate("a".replace("a", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")).value()', '["must be no more than 63 characters"]'],
    ['format.named("uuid").value().validate("x").value()', '["does not match the UUID format"]'],
    ['format.named("odd").hasValue()', 'false'],
    ['format.qualifiedName().validate("example.com/name").hasValue() || format.dns1123LabelPrefix().validate("abc-").hasValue()', 'false'],
    ['format.uri().validate("a").value()', '["parse \\"a\\": invalid URI for request"]'],
    ['format.date().validate("2024-02-30").value() + format.datetime().validate("x").value() + format.byte().validate("=").value()', '["invalid date", "invalid datetime", "invalid base64"]'],
  ],
  strings: [
    ['"héllo".charAt(1) + "héllo".substring(2, 4)', '"éll"'],
    ['"\u{1f600}x".size() == 2 && "\u{1f600}x".indexOf("x") == 1 && "\u{1f600}x".charAt(1) == "x"', 'true'],
    ['"a,b,c".split(",", 2)', '["a", "b,c"]'],
    ['"aaa".replace("a", "b", 2) + "ab".replace("", "-")', '"bba-a-b-"'],
    ['["a", "b"].join("-") + "  x ".trim() + "Ab".lowerAscii() + "Ab".upperAscii()', '"a-bxabAB"'],
    ['"%s %d %.2f %x".format([dyn("a"), 1, 2.5, 255])', '"a 1 2.50 ff"'],
    ['strings.quote("a\\"b\\n")', '"\\"a\\\\\\"b\\\\n\\""'],
    ['"abc".substring(2, 1)', 'error: invalid substring range. start: 2, end: 1'],
    ['"abc".reverse()', 'ERROR'],
  ],
  optionals: [
    ['optional.of(1).optMap(x, x + 1)', 'optional 2'],
    ['optional.none().optMap(x, x + 1)', 'none'],
    ['optional.of(1).optFlatMap(x, x > 1 ? optional.of(x) : optional.none())', 'none'],
    ['{?"a": optional.of(1), ?"b": optional.none()}', '{"a": 1}'],
    ['[?optional.of(1), ?optional.none(), 3]', '[1, 3]'],
    ['{"a": {"b": 1}}.?a.b', 'optional 1'],
    ['optional.ofNonZeroValue("").hasValue()', 'false'],
  ],
  'two-variable comprehensions': [
    ['["a", "b"].transformList(i, v, i > 0, v + string(i))', '["b1"]'],
    ['{"a": 1, "b": 2}.transformMap(k, v, v > 1, v * 10)', '{"b": 20}'],
    ['["x", "y"].transformMapEntry(i, v, {v: i})', '{"x": 0, "y": 1}'],
    ['["x", "x"].transformMapEntry(i, v, {v: i})', 'error: insert failed: key x already exists'],
    ['[5, 1].exists(i, v, i == v) && [0, 5].existsOne(i, v, i == v)', 'true'],
    ['[1].all(i, i, true)', 'ERROR'],
  ],
  'JSON patches': [['jsonpatch.escapeKey("a/b~c")', '"a~1b~0c"']],
};

describe.each(Object.entries(TABLES))('%s', (_, table) => {
  test.each(table)('%s = %s', (expression, expected) => {
    const found = outcome(expression, environment);
    if (expected === 'ERROR') expect(found).toMatch(/^ERROR/);
    else expect(found).toBe(expected);
  });
});
