package org.precertocsp.responder.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.precertocsp.der.ByteString;

/// What is a request, what is refused and how, in whatever pieces it comes.
final class RequestParserTest {
    private static final String LINE = "GET /MFE HTTP/1.1\r\n";
    private static final String HOST = "Host: x\r\n";
    private static final String CHUNKED =
            "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";

    private static final OcspTarget TARGET = new OcspTarget("/", 16_384);
    private static final RequestParser.LastFields LAST_FIELDS = new RequestParser.LastFields();

    private int held;
    private final RequestParser parser =
            parser(
                    bytes -> {
                        held = bytes;
                        return true;
                    });

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Host: ocsp.example",
                "host:x",
                "HOST: \t ocsp.example:80 ",
                "Host: 192.0.2.1:8080",
                "Host: [2001:db8::1]",
                "Host: [::ffff:192.0.2.1]:80",
                "Host: [::]",
                "Host: [1::]:8080",
                "Host: [1:2:3:4:5:6:7:8]",
                "Host: [1:2:3:4:5:6:7::]",
                "Host: [::2:3:4:5:6:7:8]",
                "Host: [ABCD:0000:ffff:1:2:3:255.255.255.255]",
                "Host:",
                "Host: x:",
                "Host: a_b-c.~d",
                "Host: %41",
            })
    void a_host_of_any_right_form_is_taken(String host) {
        assertThat(read(LINE + host + "\r\n\r\n")).isEqualTo(RequestParser.Progress.WHOLE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "X: y",
                "Host: x\r\nHost: x",
                "Host: x\r\nhost:",
                "Host: a b",
                "Host: a\tb",
                "Host: a/b",
                "Host: http://a",
                "Host: u@a",
                "Host: a?b",
                "Host: a#b",
                "Host: a:b",
                "Host: a:80:80",
                "Host: a:65536",
                "Host: [::1",
                "Host: ::1",
                "Host: []",
                "Host: [x]",
                "Host: [:]",
                "Host: [:::]",
                "Host: [::::::]",
                "Host: [1]",
                "Host: [1:2:3:4:5:6:7]",
                "Host: [1:2:3:4:5:6:7:8:9]",
                "Host: [1:2:3:4:5:6:7:8::]",
                "Host: [1:2:3:4:5:6:7:]",
                "Host: [:1:2:3:4:5:6:7]",
                "Host: [1::2::3]",
                "Host: [12345::]",
                "Host: [1.2.3.4]",
                "Host: [::1.2.3]",
                "Host: [::1.2.3.256]",
                "Host: [::1.2.3.4.5]",
                "Host: [::1.2.3.4:5]",
                "Host: [1:2:3:4:5:6:7:1.2.3.4]",
                "Host: [fe80::1%25eth0]",
                "Host: [::1]x",
                "Host: %4",
                "Host: %zz",
                "Host: <a>",
                "Host: \"a\"",
                "Host: a\\b",
                "Host: \u00e4",
                "Host : x",
                " Host: x",
                "Host x",
            })
    void a_missing_double_or_invalid_host_is_refused(String host) {
        assertRefused(LINE + host + "\r\n\r\n", 400);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http:///",
                "http://",
                "HTTP://u@x/",
                "https://:80/",
                "http://?x",
                "http://[::1/",
                "http://x:y/",
                "http://a b/",
            })
    void a_target_whose_authority_is_invalid_is_refused(String target) {
        assertRefused("GET " + target + " HTTP/1.1\r\n" + HOST + "\r\n", 400);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"http://x", "HTTPS://x:80/?y", "http://[::1]:80/", "h", "https:", "http:/"})
    void other_targets_are_taken(String target) {
        assertThat(read("GET " + target + " HTTP/1.1\r\n" + HOST + "\r\n"))
                .isEqualTo(RequestParser.Progress.WHOLE);
    }

    @Test
    void http_1_0_needs_no_host_but_has_at_most_one() {
        String line = LINE.replace("1.1", "1.0");

        assertThat(read(line + "\r\n")).isEqualTo(RequestParser.Progress.WHOLE);
        parser.next();
        assertThat(read(line + HOST + "\r\n")).isEqualTo(RequestParser.Progress.WHOLE);
        parser.next();
        assertRefused(line + HOST + HOST + "\r\n", 400);
        assertRefused(line + "Host: a b\r\n\r\n", 400);
    }

    @Test
    void more_than_64_fields_are_refused_wherever_they_stand() {
        String fields = "A: b\r\n".repeat(63);
        assertThat(read(LINE + HOST + fields + "\r\n")).isEqualTo(RequestParser.Progress.WHOLE);
        parser.next();
        assertRefused(LINE + HOST + fields + "A:\r\n", 431);
        assertRefused(CHUNKED + "1\r\nx\r\n0\r\n" + fields, 431);
    }

    @Test
    void trailers_are_held_one_at_a_time_and_bounded_like_fields() {
        assertRefused(CHUNKED + "0\r\nX: " + "y".repeat(4000), 431);
        assertRefused(CHUNKED + "0\r\n" + ("X: " + "y".repeat(500) + "\r\n").repeat(8), 431);
        assertRefused(CHUNKED + "0\r\nBad Name: y\r\n", 400);
        assertThat(read(CHUNKED + "1\r\nx\r\n0\r\nX: y\r\nZ: y\r\n\r\n"))
                .isEqualTo(RequestParser.Progress.WHOLE);
        assertThat(body(parser).toHex()).isEqualTo("78");
    }

    @Test
    void the_framing_of_chunks_is_not_held() {
        read(CHUNKED + ("1;" + "e".repeat(2) + "\r\nx\r\n").repeat(250));

        assertThat(held).isLessThanOrEqualTo(1024);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\r\n",
                "g\r\n",
                "-1\r\n",
                "0x1\r\n",
                "1\n",
                "1\rx",
                "1\r\nxy\r\n",
                "1\r\nx\n",
                "1\r\nx\rx",
                "00000000000000000000",
                "1;\u0000",
            })
    void chunks_in_doubt_are_refused(String body) {
        assertRefused(CHUNKED + body, 400);
    }

    @Test
    void chunk_extensions_are_bounded_and_a_size_cannot_overflow() {
        assertRefused(CHUNKED + "1;" + "e".repeat(1100), 400);
        assertRefused(CHUNKED + "ffffffffffffffff", 413);
        assertRefused(CHUNKED + "7fffffff", 413);
        assertRefused(CHUNKED + "1388\r\n" + "x".repeat(5000) + "\r\n1", 413);
    }

    @Test
    void heap_grows_with_octets_and_is_given_back() {
        read(LINE + HOST + "A: b\r\n".repeat(40));
        assertThat(held).isLessThanOrEqualTo(512);
        read("X: " + "y".repeat(3000));
        assertThat(held).isBetween(3000, 8000);
        read("\r\n\r\n");
        parser.next();
        assertThat(held).isZero();
        assertThat(parser.isBetweenRequests()).isTrue();
    }

    @Test
    void nothing_grows_where_there_is_no_room() {
        RequestParser cramped = parser(bytes -> bytes <= 512);

        assertThat(read(cramped, LINE + HOST + "X: " + "y".repeat(600)))
                .isEqualTo(RequestParser.Progress.NO_ROOM);
    }

    @Test
    void a_few_empty_lines_before_a_request_are_passed_over() {
        assertThat(read("\r\n\r\n" + LINE + HOST + "\r\n")).isEqualTo(RequestParser.Progress.WHOLE);
        assertThat(parser.target()).isEqualTo(OcspTarget.Meaning.DECODED);
        assertThat(TARGET.length()).isEqualTo(2);
        parser.next();
        assertRefused("\r\n".repeat(5), 400);
    }

    @Property(tries = 1000)
    void pieces_change_nothing(
            @ForAll @Size(min = 1, max = 3) List<@From("requests") String> requests,
            @ForAll @Size(max = 6) List<@IntRange(min = 1, max = 90) Integer> cuts) {
        String text = String.join("", requests);
        List<String> whole = outcomes(List.of(text));
        List<String> pieces = new ArrayList<>();
        int from = 0;
        for (int cut : cuts) {
            int to = Math.min(text.length(), from + cut);
            pieces.add(text.substring(from, to));
            from = to;
        }
        pieces.add(text.substring(from));

        assertThat(outcomes(pieces)).isEqualTo(whole);
        assertThat(outcomes(text.chars().mapToObj(it -> "" + (char) it).toList())).isEqualTo(whole);
    }

    @ParameterizedTest
    @MethodSource({
        "org.precertocsp.responder.http.HttpRequests#plain",
        "org.precertocsp.responder.http.HttpRequests#unusual"
    })
    void a_request_is_read_alike_in_one_piece_and_byte_by_byte(String request) {
        assertThat(outcomes(List.of(request + request)))
                .isEqualTo(
                        outcomes(
                                (request + request)
                                        .chars()
                                        .mapToObj(Character::toString)
                                        .toList()));
    }

    @ParameterizedTest
    @MethodSource("org.precertocsp.responder.http.HttpRequests#plain")
    void no_beginning_of_a_request_is_a_request(String request) {
        for (int length = 0; length < request.length(); length++) {
            RequestParser fresh = parser(_ -> true);
            assertThat(read(fresh, request.substring(0, length)))
                    .isEqualTo(RequestParser.Progress.INCOMPLETE);
        }
    }

    @Provide
    Arbitrary<String> requests() {
        return HttpRequests.any();
    }

    /// What is read in one piece is read where it is, usually in its usual form; what arrives byte
    /// by byte, in the general form.
    static List<String> outcomes(List<String> pieces) {
        RequestParser parser = parser(_ -> true);
        List<String> outcomes = new ArrayList<>();
        for (String piece : pieces) {
            byte[] text = bytes(piece);
            parser.give(text, 0, text.length);
            while (parser.hasInput()) {
                RequestParser.Progress progress = parser.read();
                if (progress == RequestParser.Progress.WHOLE) {
                    outcomes.add(describe(parser));
                    parser.next();
                } else if (progress == RequestParser.Progress.REFUSED) {
                    outcomes.add("refused: " + parser.refusal() + " " + parser.refusalFraming());
                    return outcomes;
                } else if (progress == RequestParser.Progress.CONTINUE_EXPECTED) {
                    outcomes.add("100");
                }
            }
            // The array is the event loop's, which uses it for the next connection.
            Arrays.fill(text, (byte) '!');
        }
        outcomes.add("between requests: " + parser.isBetweenRequests());
        return outcomes;
    }

    private static String describe(RequestParser parser) {
        OcspTarget.Meaning meaning = parser.target();
        boolean get = parser.method() != HttpReply.Method.POST;
        return "%s %s %s %s"
                .formatted(
                        parser.framing(get && TARGET.isCanonical()),
                        meaning,
                        get ? ByteString.of(TARGET.der(), 0, TARGET.length()) : "",
                        body(parser));
    }

    private static ByteString body(RequestParser parser) {
        return ByteString.of(parser.bodyArray(), parser.bodyFrom(), parser.bodyLength());
    }

    private RequestParser.Progress read(String text) {
        return read(parser, text);
    }

    private static RequestParser.Progress read(RequestParser parser, String text) {
        byte[] octets = bytes(text);
        parser.give(octets, 0, octets.length);
        return parser.read();
    }

    private void assertRefused(String text, int status) {
        RequestParser fresh = parser(_ -> true);
        assertThat(read(fresh, text)).isEqualTo(RequestParser.Progress.REFUSED);
        assertThat(fresh.refusal()).isEqualTo(status);
    }

    private static RequestParser parser(IntPredicate room) {
        return new RequestParser(TestServer.CONFIG, TARGET, LAST_FIELDS, room);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
