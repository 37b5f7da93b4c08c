import { fc, test as property } from "@fast-check/vitest";
import { limits } from "@culprit/protocol";
import { expect, test } from "vitest";
import { scrubArguments, scrubName } from "./scrub.ts";

test.each([
  ["mysql -uroot -pS3cret shop", "mysql -u*** -p*** shop"],
  ["mysqldump --password=S3cret --all-databases", "mysqldump --password=*** --all-databases"],
  ["app --db-password S3cret --port 8080", "app --db-password *** --port 8080"],
  ["sshpass -p S3cret ssh host", "sshpass -p *** ssh host"],
  ["redis-cli -a S3cret ping", "redis-cli -a *** ping"],
  ["curl -u me:S3cret https://example.org/a", "curl -u *** https://example.org/a"],
  ["curl https://me:S3cret@example.org/a?key=S3cret", "curl https://***@example.org/a?***"],
  ["curl https://me:S3c/ret@example.org/a", "curl https://***@example.org/a"],
  ["rsync me:S3cret@host:/a /b", "rsync ***@host:/a /b"],
  ["env FOO_SECRET=S3cret PGPASSWORD=S3cret run", "env FOO_SECRET=*** PGPASSWORD=*** run"],
  ["aws AKIAIOSFODNN7EXAMPLE s3", "aws *** s3"],
  ["app wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "app ***"],
  ["app eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc-_1", "app ***"],
  ["git ghp_0123456789abcdef", "git ***"],
  ["app 0123456789abcdef0123456789abcdef", "app ***"],
  ["app --id=123e4567-e89b-12d3-a456-426614174000", "app --id=***"],
  ["java -Dapi.key=S3cret -jar app.jar", "java -Dapi.key=*** -jar app.jar"],
  [`app {"token":"S3cret"}`, `app {"token":***`],
  ["smbclient -U me%S3cret //host/share", "smbclient -U *** //host/share"],
  ["ldapsearch -w S3cret -x", "ldapsearch -w *** -x"],
  ["php-fpm: pool www", "php-fpm: pool www"],
  ["/usr/sbin/nginx -c /etc/nginx/nginx.conf", "/usr/sbin/nginx -c /etc/nginx/nginx.conf"],
  [
    "/usr/lib/postgresql/15/bin/postgres -D /var/lib/postgresql/15/main",
    "/usr/lib/postgresql/15/bin/postgres -D /var/lib/postgresql/15/main",
  ],
  ["python3 -m http.server 8000", "python3 -m http.server 8000"],
])("of `%s` is told `%s`", (line, told) => {
  expect(scrubArguments(line.split(" "))).toBe(told);
});

test("an argument with white space goes whole: headers, code, queries, keys", () => {
  const key = "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----";
  for (const text of ["Authorization: Bearer S3cret", "echo S3cret | mail", "identified by 'S3cret'", key])
    expect(scrubArguments(["app", "-H", text, "x", text])).toBe("app -H *** x ***");
});

property.prop(
  [
    fc
      .string({ minLength: 1, maxLength: 60 })
      .filter((secret) => !"--password=***@https://h/".includes(secret)),
    fc.constantFrom("--password=", "FOO_SECRET=", "--api-key=", "--token:", "x_auth="),
  ],
  { numRuns: 300, seed: 7 },
)("whatever stands as the value of a secret is not told", (secret, option) => {
  expect(scrubArguments(["app", `${option}${secret}`, "end"])).toMatch(/^app (?:\*\*\*|.*[=:]\*\*\*) end$/s);
});

property.prop([fc.array(fc.string({ maxLength: 300, unit: "binary" }), { maxLength: 20 })], {
  numRuns: 100,
  seed: 7,
})("what is told is one bounded line of printable text", (words) => {
  const told = scrubArguments(words);
  expect(told.length).toBeLessThanOrEqual(limits.argumentsCharacters);
  expect(told).not.toMatch(/[\u0000-\u001f\u007f]/);
});

test.each([
  ["DB_PASSWORD=hun", "DB_PASSWORD=***"],
  ["job token:abc", "job token:***"],
  ["ghp_abcdefghijk", "***"],
  ["AKIAIOSFODNN7EX", "***"],
])("a name that a program gave itself loses its secret: %s", (name, told) => {
  expect(scrubName(name)).toBe(told);
});

test.each([
  "npm run build",
  "kworker/u8:1-ev",
  "sshd-session",
  "gpg-agent",
  "postgres: 13/ma",
  "passwd",
  "ssh-keygen",
])("the name %s is told as it is", (name) => {
  expect(scrubName(name)).toBe(name);
});
