package org.precertocsp.responder.http;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;
import org.precertocsp.responder.request.Requests;

/// Requests as text, one octet a character: common, unusual, and broken.
final class HttpRequests {
    /// Holds `+`, `/` and padding.
    static final byte[] DER =
            Requests.request(
                    Requests.tbs(
                            Requests.list(Requests.single(Requests.sha1CertId("00fbeffbefff")))));

    static final String BASE64 = Base64.getEncoder().encodeToString(DER);
    static final String BASE64_WITH_NONCE =
            Base64.getEncoder().encodeToString(Requests.withNonce(16));
    private static final String PERCENT =
            BASE64.replace("+", "%2B").replace("/", "%2F").replace("=", "%3D");
    static final String LENGTH = "Content-Length: " + DER.length + "\r\n";
    private static final String SINCE = "If-Modified-Since: Thu, 05 Mar 2026 11:00:00 GMT\r\n";
    private static final String BROWSER =
            """
            User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0)
            Accept: */*
            Accept-Language: en-US,en;q=0.5
            Accept-Encoding: gzip, deflate
            Content-Type: application/ocsp-request
            Connection: keep-alive
            Pragma: no-cache
            Cache-Control: no-cache
            """
                    .replace("\n", "\r\n");

    private HttpRequests() {}

    static String get(String target) {
        return "GET " + target + " HTTP/1.1\r\nHost: x\r\n\r\n";
    }

    /// @param fields whole lines
    static String get(String target, String fields) {
        return "GET " + target + " HTTP/1.1\r\n" + fields + "\r\n";
    }

    /// With [#DER] for a body.
    static String post(String fields) {
        return "POST / HTTP/1.1\r\nHost: x\r\n" + fields + "\r\n" + text(DER);
    }

    static String text(byte[] octets) {
        return new String(octets, StandardCharsets.ISO_8859_1);
    }

    static Stream<String> plain() {
        return Stream.of(
                get("/" + BASE64),
                get("//" + BASE64),
                get("/" + PERCENT),
                get("/" + PERCENT.replace("%2F", "%2f").replace("%3D", "%3d")),
                get("/" + BASE64.replace("=", "")),
                get("/" + Base64.getUrlEncoder().encodeToString(DER)),
                get("/" + BASE64, "Host: ocsp.example\r\n" + BROWSER),
                get("/" + BASE64, "HOST:x\r\nconnection: Keep-Alive\r\nX-Empty:\r\nVia: 1.1 a\r\n"),
                get("/" + BASE64, "host: [2001:db8::1]:80\r\n" + SINCE),
                get("/" + Base64.getEncoder().encodeToString(Requests.withNonce(32))),
                post(LENGTH),
                post(BROWSER + LENGTH),
                post("content-length:" + DER.length + "\r\n"),
                post(LENGTH).replace("POST /", "POST ///"));
    }

    static Stream<String> unusual() {
        String get = get("/" + BASE64);
        String post = post(LENGTH);
        Stream<String> fields =
                Stream.of(
                                "Connection: close\r\n",
                                "Connection: keep-alive, close\r\n",
                                "Connection:\r\n",
                                "connection: upgrade\r\n",
                                "Expect: 100-continue\r\n",
                                "If-None-Match: *\r\n",
                                "if-none-match: \"a\"\r\n",
                                "Transfer-Encoding: chunked\r\n",
                                "Content-Length: 0\r\n",
                                "Content-Length: 5\r\n",
                                "Name : x\r\n",
                                ": x\r\n",
                                "Name\r\n",
                                " Name: x\r\n",
                                "Name: x\r\n folded\r\n",
                                "Name: x\n",
                                "Name: x\r",
                                "Name: \u0000\r\n",
                                "Name: \u007f\r\n",
                                "Name: \u00e4\r\n",
                                "N\u00e4me: x\r\n",
                                "Host: x\r\n",
                                "X: y\r\n".repeat(65),
                                "X: " + "y".repeat(5000) + "\r\n")
                        .flatMap(
                                field ->
                                        Stream.of(
                                                get("/" + BASE64, "Host: x\r\n" + field),
                                                post(field + LENGTH)));
        Stream<String> lines =
                Stream.of(
                        "",
                        "\r\n" + get,
                        get("/" + BASE64, ""),
                        get("/" + BASE64, "Host: a b\r\n"),
                        get("/" + BASE64, "Host: a/b\r\n"),
                        get("/" + BASE64, "Host: a:x\r\n"),
                        get.replace("GET", "HEAD"),
                        get.replace("GET", "get"),
                        get.replace("GET ", "GET  "),
                        get.replace("GET /", "GET "),
                        get.replace(" HTTP", "  HTTP"),
                        get.replace("HTTP/1.1", "HTTP/1.0"),
                        get.replace("HTTP/1.1", "HTTP/2.0"),
                        get.replace("HTTP/1.1\r", "HTTP/1.1"),
                        get.replace("/" + BASE64, "http://x/" + BASE64),
                        get.replace(BASE64, BASE64 + "?query"),
                        get.replace(BASE64, BASE64 + "#part"),
                        get.replace(BASE64, PERCENT.replace("%", "%25")),
                        get.replace(BASE64, BASE64 + "%"),
                        get.replace(BASE64, BASE64 + "%2"),
                        get.replace(BASE64, BASE64 + "==="),
                        get.replace(BASE64, "=" + BASE64),
                        get.replace(BASE64, "%20" + BASE64),
                        get.replace(BASE64, ""),
                        get.replace(BASE64, "MFQw"),
                        get.replace(BASE64, "M".repeat(2000)),
                        post.replace("POST /", "POST /x"),
                        post.replace("POST /", "POST /?x"),
                        post("Content-Length: 0" + DER.length + "\r\n"),
                        post("Content-Length: +" + DER.length + "\r\n"),
                        post("Content-Length: " + DER.length + ", " + DER.length + "\r\n"),
                        post(LENGTH + LENGTH),
                        post("Content-Length: 99999999999\r\n"),
                        post(""),
                        post("Content-Length: " + (DER.length - 1) + "\r\n"));
        return Stream.concat(lines, fields);
    }

    /// Combinations, most of them nearly plain.
    static Arbitrary<String> any() {
        Arbitrary<String> methods = often("GET", "POST", "HEAD", "PUT", "get");
        Arbitrary<String> gaps = often(" ", " ", "  ", "\t", "");
        Arbitrary<String> targets =
                Arbitraries.of(
                        "/" + BASE64,
                        "/" + PERCENT,
                        "/",
                        "//" + BASE64,
                        "/" + BASE64.substring(1),
                        "/" + BASE64 + "?a",
                        "http://x/" + BASE64,
                        "/" + PERCENT.replace("%2F", "%252F"),
                        "*");
        Arbitrary<String> versions =
                often("HTTP/1.1\r\n", "HTTP/1.1\r\n", "HTTP/1.0\r\n", "HTTP/1.1\n", "HTTP/1.1\r");
        Arbitrary<String> hosts =
                often("Host: x\r\n", "", "host:\r\n", "Host: a b\r\n", "Host: [::1]:80 \r\n");
        Arbitrary<String> fields = fields().list().ofMaxSize(5).map(all -> String.join("", all));
        Arbitrary<String> bodies =
                often(text(DER), "", text(Requests.withNonce(16)), "0\r\n\r\n", "x");
        return Combinators.combine(methods, gaps, targets, versions, hosts, fields, bodies)
                .as(
                        (method, gap, target, version, host, lines, body) ->
                                method
                                        + gap
                                        + target
                                        + " "
                                        + version
                                        + host
                                        + lines
                                        + "\r\n"
                                        + (method.equals("POST") ? body : ""));
    }

    private static Arbitrary<String> fields() {
        Arbitrary<String> names =
                Arbitraries.of(
                        "Host",
                        "Accept",
                        "X-Forwarded-For",
                        "Connection",
                        "connection",
                        "Content-Length",
                        "Content-Length",
                        "Transfer-Encoding",
                        "Expect",
                        "If-None-Match",
                        "If-Modified-Since",
                        "Upgrade",
                        "Sec-WebSocket-Key1",
                        "Trailer",
                        " Folded",
                        "Bad Name",
                        "");
        Arbitrary<String> colons = often(": ", ":", " : ", ":\t", "");
        Arbitrary<String> values =
                Arbitraries.of(
                        "keep-alive",
                        "Keep-Alive ",
                        "close",
                        "" + DER.length,
                        " " + DER.length + " ",
                        "0",
                        "chunked",
                        "100-continue",
                        "*",
                        "a, b; c=\"d\"",
                        "\u00e4",
                        "a\u0001b",
                        "a\rb",
                        "");
        Arbitrary<String> ends = often("\r\n", "\r\n", "\n", "\r\n ", "\r\r\n");
        Arbitrary<String> any =
                Combinators.combine(names, colons, values, ends)
                        .as((name, colon, value, end) -> name + colon + value + end);
        return Arbitraries.frequencyOf(
                Tuple.of(2, any), Tuple.of(3, Arbitraries.of(BROWSER, LENGTH)));
    }

    private static Arbitrary<String> often(String common, String... others) {
        return Arbitraries.frequencyOf(
                Tuple.of(12, Arbitraries.just(common)),
                Tuple.of(1, Arbitraries.of(List.of(others))));
    }
}
