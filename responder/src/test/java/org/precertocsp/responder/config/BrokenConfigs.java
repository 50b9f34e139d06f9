package org.precertocsp.responder.config;

import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/// Configurations that each have one thing wrong, with the place and the words of its report.
final class BrokenConfigs {
    private static final String TOP = ConfigFiles.SMALLEST;
    private static final String KEY = ConfigFiles.RESPONDER;

    private static final String API = "admin: {api: {";
    private static final String SECURE = API + "certificate: beta.pem, key: key.pem";
    private static final String LISTEN = "admin.api.listen";

    private BrokenConfigs() {}

    static Stream<Arguments> broken_values() {
        return Stream.of(
                wrong(TOP + "htp: {}\n", "7:1", "htp", "unknown key; did you mean http?"),
                wrong(
                        TOP + "zzz: 1\n",
                        "7:1",
                        "zzz",
                        "unknown key; known here: admin, alerts, answers"),
                wrong(
                        TOP + "signing: {max_in_flight: 3}\n",
                        "7:11",
                        "signing.max_in_flight",
                        "did you mean maxInFlight?"),
                wrong(
                        TOP + "store: {directory: x}\n",
                        "7:1",
                        "",
                        "store is here twice, first on line 1"),
                wrong(TOP + "http: 80\n", "7:7", "http", "expects keys below it"),
                wrong(TOP + "http: !web {}\n", "7:7", "http", "tags and ${…} are not read"),
                wrong(TOP + "http: {<<: *x}\n".replace("*x", "{}"), "7:8", "http", "merge keys"),
                wrong(TOP + "spool: {poll: 5}\n", "7:15", "spool.poll", "\"5\" is not a duration"),
                wrong(TOP + "spool: {poll: 1ms}\n", "7:15", "spool.poll", "not from 50ms to 1h"),
                wrong(TOP + "spool: {poll: }\n", "7:14", "spool.poll", "has no value"),
                wrong(TOP + "spool: {poll: [1s]}\n", "7:15", "spool.poll", "expects one value"),
                wrong(
                        TOP + "spool: {directory: store/in}\n",
                        "7:20",
                        "spool.directory",
                        "must lie apart"),
                wrong(
                        TOP + "spool: {directory: alpha.pem}\n",
                        "7:20",
                        "spool.directory",
                        "is a file"),
                wrong(
                        TOP + "http: {limits: {body: 5}}\n",
                        "7:23",
                        "http.limits.body",
                        "as 256MB or 8KiB"),
                wrong(
                        TOP + "http: {limits: {connections: 0}}\n",
                        "7:30",
                        "http.limits.connections",
                        "0 is not from 1 to"),
                wrong(
                        TOP + "http: {limits: {connections: many}}\n",
                        "7:30",
                        "http.limits.connections",
                        "not a whole number"),
                wrong(
                        TOP + "http: {cache: {purge: {command: {run: [a]}}}}\n",
                        "7:23",
                        "http.cache.purge.urls",
                        "list the URLs clients reach the responder by"),
                wrong(
                        TOP + "http: {cache: {purge: {urls: ['http://o/']}}}\n",
                        "7:23",
                        "http.cache.purge",
                        "exactly one of webhook and command"),
                wrong(
                        TOP + "http: {trustedProxies: ['10.0.0.0/8', '192.0.2.1/24']}\n",
                        "7:39",
                        "http.trustedProxies[1]",
                        "is not a range of addresses, as 192.0.2.0/24"),
                wrong(
                        TOP + "http: {trustedProxies: proxy.example}\n",
                        "7:24",
                        "http.trustedProxies",
                        "is not a range of addresses"),
                wrong(TOP + "http: {listen: 8080}\n", "7:16", "http.listen", "write host:port"),
                wrong(
                        TOP + "http: {listen: ['127.0.0.1:80', '127.0.0.1:99999']}\n",
                        "7:33",
                        "http.listen[1]",
                        "write host:port"),
                wrong(
                        TOP + "http: {listen: ['127.0.0.1:80', '127.0.0.1:80']}\n",
                        "7:33",
                        "http.listen[1]",
                        "is listed twice"),
                wrong(
                        TOP + "http: {listen: ['0.0.0.0:80', '127.0.0.1:80']}\n",
                        "7:31",
                        "http.listen[1]",
                        "takes the port of another address listed"),
                wrong(
                        TOP + "http: {listen: ['[::1]:80', '*:80']}\n",
                        "7:29",
                        "http.listen[1]",
                        "takes the port of another address listed"),
                wrong(
                        TOP + "http: {listen: 'no-such-host.invalid:80'}\n",
                        "7:16",
                        "http.listen",
                        "not known to this machine"),
                wrong(TOP + "http: {path: ocsp}\n", "7:14", "http.path", "write it as / or /ocsp"),
                wrong(TOP + "http: {path: /a//b}\n", "7:14", "http.path", "not a plain path"),
                wrong(TOP + API + "listen: '127.0.0.1:8080'}}\n", "7:23", LISTEN, "takes the port"),
                wrong(TOP + API + "listen: '127.0.0.1:8081'}}\n", "7:23", LISTEN, "takes the port"),
                wrong(TOP + API + "plain: true}}\n", "7:14", "admin.api.role", "is missing"),
                wrong(TOP + API + "plain: yes}}\n", "7:22", "admin.api.plain", "none of false"),
                wrong(
                        TOP + API + "plain: true, role: chief}}\n",
                        "7:34",
                        "admin.api.role",
                        "none of edge, issuer, operator, revoker, viewer"),
                wrong(
                        TOP + API + "plain: true, role: viewer, listen: '0.0.0.0:8443'}}\n",
                        "7:22",
                        "admin.api.plain",
                        "loopback addresses only"),
                wrong(
                        TOP + API + "plain: true, role: viewer, socket: api.sock}}\n",
                        "7:14",
                        "admin.api",
                        "exactly one of plain and socket"),
                wrong(
                        TOP + API + "socket: nowhere/api.sock, role: viewer}}\n",
                        "7:23",
                        "admin.api.socket",
                        "does not exist"),
                wrong(
                        TOP + SECURE + "}}\n",
                        "7:14",
                        "admin.api.clients",
                        "every request would be rejected"),
                wrong(
                        TOP + SECURE + ", clients: [{role: viewer, ca: beta.pem}]}}\n",
                        "7:62",
                        "admin.api.clients[0]",
                        "add subject, san or spki"),
                wrong(
                        TOP
                                + SECURE
                                + ", clients: [{role: viewer, ca: beta.pem, subject: Bob}]}}\n",
                        "7:100",
                        "admin.api.clients[0].subject",
                        "CN=issuance,O=Example"),
                wrong(
                        TOP + SECURE + ", clients: [{role: viewer, ca: beta.pem, spki: 0a1f}]}}\n",
                        "7:97",
                        "admin.api.clients[0].spki",
                        "hexadecimal of 64 digits"),
                wrong(
                        TOP + "admin: {listen: '127.0.0.1:8080'}\n",
                        "7:17",
                        "admin.listen",
                        "takes the port of http.listen"),
                wrong(
                        TOP + "answers: {nonce: maybe}\n",
                        "7:18",
                        "answers.nonce",
                        "\"maybe\" is none of echo, ignore"),
                wrong(
                        TOP + "answers: {retryAfter: 1500ms}\n",
                        "7:23",
                        "answers.retryAfter",
                        "whole number of seconds"),
                wrong(
                        TOP + "signing: {timeout: 11s}\n",
                        "7:20",
                        "signing.timeout",
                        "not from 10ms to 10s"),
                wrong(
                        TOP + "logging: {level: loud}\n",
                        "7:18",
                        "logging.level",
                        "is none of debug"));
    }

    static Stream<Arguments> broken_alerts() {
        String one = TOP + "alerts:\n  channels:\n    - {name: a, webhook: {url: http://h/}}\n";
        return Stream.of(
                wrong(TOP + "alerts: {log: false}\n", "7:9", "alerts", "in 0 ways"),
                wrong(TOP + "alerts: {log: false}\n", "7:9", "alerts", "at least two"),
                wrong(
                        one.replace("  channels", "  log: false\n  channels"),
                        "8:3",
                        "alerts",
                        "in 1 ways"),
                wrong(TOP + "alerts: {log: maybe}\n", "7:15", "alerts.log", "is none of"),
                wrong(
                        TOP + "alerts: {deadline: 25h}\n",
                        "7:20",
                        "alerts.deadline",
                        "not from 1m to 1d"),
                wrong(
                        one.replace("http://h/", "ftp://h/"),
                        "9:32",
                        "alerts.channels[0].webhook.url",
                        "not a web address"),
                wrong(
                        one.replace("name: a", "name: log"),
                        "9:14",
                        "alerts.channels[0].name",
                        "the log's own name"),
                wrong(
                        one + "    - {name: a, command: {run: [x]}}\n",
                        "10:14",
                        "alerts.channels[1].name",
                        "another channel too"),
                wrong(
                        one + "    - {name: b, webhook: {url: http://h/}}\n",
                        "10:7",
                        "alerts.channels[1]",
                        "same target as a"),
                wrong(
                        one + "    - {name: b}\n",
                        "10:7",
                        "alerts.channels[1]",
                        "exactly one of webhook, command or alertmanager"),
                wrong(
                        one + "    - {name: b, command: {timeout: 1s}}\n",
                        "10:26",
                        "alerts.channels[1].command.run",
                        "is missing"),
                wrong(
                        one.replace("http://h/", "http://h/, token: abc"),
                        "9:50",
                        "alerts.channels[0].webhook.token",
                        "is never written into this file"));
    }

    static Stream<Arguments> broken_issuers() {
        return Stream.of(
                wrong("issuers: []\nstore: {directory: s}\n", "1:10", "issuers", "at least one"),
                wrong(
                        "issuers: alpha\nstore: {directory: s}\n",
                        "1:10",
                        "issuers",
                        "expects a list"),
                wrong(
                        TOP.replace("  directory: store", "  cache: 1GB"),
                        "2:3",
                        "store.directory",
                        "is missing"),
                wrong(
                        TOP.replace("alpha\n", "a b\n"),
                        "4:11",
                        "issuers[0].name",
                        "letters, digits"),
                wrong(
                        TOP.replace("alpha\n", "..\n"),
                        "4:11",
                        "issuers[0].name",
                        "cannot be a name"),
                wrong(
                        TOP.replace("alpha.pem", "~/alpha.pem"),
                        "5:20",
                        "issuers[0].certificates[0]",
                        "write the whole path"),
                wrong(
                        TOP.replace("alpha.pem", "gone.pem"),
                        "5:20",
                        "issuers[0].certificates[0]",
                        "gone.pem does not exist"),
                wrong(
                        TOP.replace("alpha.pem", "text.pem"),
                        "5:20",
                        "issuers[0].certificates[0]",
                        "holds no certificate"),
                wrong(
                        TOP.replace("alpha.pem", "broken.pem"),
                        "5:20",
                        "issuers[0].certificates[0]",
                        "not a readable X.509 certificate"),
                wrong(
                        TOP.replace("alpha.pem", "chain.pem"),
                        "5:20",
                        "issuers[0].certificates[0]",
                        "holds 2 certificates"),
                wrong(
                        TOP.replace("alpha.pem", "."),
                        "5:20",
                        "issuers[0].certificates[0]",
                        "is a directory"),
                wrong(
                        TOP.replace("alpha.pem", "alpha.pem, beta.pem"),
                        "5:31",
                        "issuers[0].certificates[1]",
                        "is not the same CA as alpha.pem"),
                wrong(
                        TOP.replace("    certificates: [alpha.pem]\n", ""),
                        "4:5",
                        "issuers[0].certificates",
                        "is missing"),
                wrong(TOP.replace("tls", "TLS"), "6:14", "issuers[0].profile", "is none of code-"),
                wrong(
                        TOP + "    retention: 1h1ms\n",
                        "7:16",
                        "issuers[0].retention",
                        "whole number of seconds"),
                wrong(
                        TOP.replace("tls", "code-signing") + "    retention: 365d\n",
                        "7:16",
                        "issuers[0].retention",
                        "shorter than the 3653d that profile code-signing demands (SA-12"),
                wrong(
                        TOP + "    reasons: {allow: [keyCompromised]}\n",
                        "7:23",
                        "issuers[0].reasons.allow[0]",
                        "did you mean keyCompromise?"),
                wrong(
                        TOP + "    reasons: {allow: [certificateHold]}\n",
                        "7:23",
                        "issuers[0].reasons.allow[0]",
                        "forbidden to profile tls (CR-08)"),
                wrong(
                        TOP.replace("tls", "private") + "    reasons: {allow: removeFromCRL}\n",
                        "7:22",
                        "issuers[0].reasons.allow",
                        "delta CRLs alone (CR-09)"),
                wrong(
                        TOP
                                + """
                                  - name: alpha
                                    certificates: [beta.pem]
                                    profile: tls
                                """,
                        "7:11",
                        "issuers[1].name",
                        "is the name of another issuer too"),
                wrong(
                        TOP
                                + """
                                  - name: alpha-again
                                    certificates: [alpha-cross.pem]
                                    profile: tls
                                """,
                        "8:20",
                        "issuers[1].certificates[0]",
                        "has the name and key of issuer alpha"));
    }

    static Stream<Arguments> broken_keys() {
        return Stream.of(
                wrong(
                        TOP + "    responder: {}\n",
                        "7:16",
                        "issuers[0].responder.key",
                        "is missing"),
                wrong(
                        TOP + "    responder: {key: {}}\n",
                        "7:22",
                        "issuers[0].responder.key",
                        "names 0 keys: exactly one of pem"),
                wrong(
                        KEY + "        pem: {file: none.pem}\n",
                        "9:21",
                        "issuers[0].responder.key.pem.file",
                        "none.pem does not exist"),
                wrong(
                        KEY
                                + "        pem: {file: key.pem}\n"
                                + "        pkcs12: {file: key.p12, password: {file: pin.txt}}\n",
                        "9:9",
                        "issuers[0].responder.key",
                        "names 2 keys"),
                wrong(
                        KEY + "        pkcs12: {file: key.p12}\n",
                        "9:17",
                        "issuers[0].responder.key.pkcs12.password",
                        "write password: {file: PATH} or password: {environment: NAME}"),
                wrong(
                        KEY
                                + "        pkcs12: {file: key.p12, password: "
                                + "{file: pin.txt, environment: A}}\n",
                        "9:43",
                        "issuers[0].responder.key.pkcs12.password",
                        "exactly one of file and environment"),
                wrong(
                        KEY + pkcs11("slot: 1, token: a, label: k"),
                        "9:17",
                        "issuers[0].responder.key.pkcs11",
                        "exactly one of token and slot"),
                wrong(
                        KEY + pkcs11("slot: one, label: k"),
                        "9:44",
                        "issuers[0].responder.key.pkcs11.slot",
                        "not a slot number"),
                wrong(
                        KEY + pkcs11("token: a"),
                        "9:17",
                        "issuers[0].responder.key.pkcs11",
                        "exactly one of label and id"),
                wrong(
                        KEY + pkcs11("token: a, id: abc"),
                        "9:52",
                        "issuers[0].responder.key.pkcs11.id",
                        "not hexadecimal of whole bytes"),
                wrong(
                        KEY + "        pem: {file: key.pem}\n      rsa: {hash: sha1}\n",
                        "10:19",
                        "issuers[0].responder.rsa.hash",
                        "is none of sha256, sha384, sha512"),
                wrong(
                        KEY + "        pem: {file: key.pem}\n      certificate: text.pem\n",
                        "10:20",
                        "issuers[0].responder.certificate",
                        "holds no certificate"));
    }

    static Stream<Arguments> broken_yaml() {
        return Stream.of(
                wrong("", "1:1", "", "is empty; a start: precert-ocsp config sample"),
                wrong("# nothing\n", "1:1", "", "is empty"),
                wrong("just words\n", "1:1", "", "expects keys below it"),
                wrong("store:\n\tdirectory: x\n", "2:1", "", "(indent with spaces, not tabs)"),
                wrong("store: [\n", "2:1", "", "not YAML: "),
                wrong("store: *nobody\n", "1:8", "", "undefined alias"),
                wrong(TOP + "---\nstore: {}\n", "7:1", "", "expected a single document"),
                wrong("store:\n  directory: a\u0007b\n", "2:15", "", "a control character"));
    }

    static Arguments wrong(String yaml, String place, String path, String message) {
        return Arguments.of(yaml, place, path, message);
    }

    static String pkcs11(String keys) {
        return "        pkcs11: {library: module.so, " + keys + ", pin: {file: pin.txt}}\n";
    }
}
