package org.precertocsp.responder.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.precertocsp.responder.request.Decoded;
import org.precertocsp.responder.request.PlainReading;
import org.precertocsp.responder.request.RequestDecoder;
import org.precertocsp.responder.request.RequestLimits;

/// What the hot path takes for a plain request, Netty and the rules of the long path take for the
/// same request; and what clients commonly send is plain.
final class PlainRequestTest {
    static final int MAX_LENGTH = 4000;
    private static final HttpConfig CONFIG = TestServer.CONFIG;
    private static final RequestDecoder DECODER = new RequestDecoder(new RequestLimits(8));

    @ParameterizedTest
    @MethodSource("org.precertocsp.responder.http.HttpRequests#plain")
    void what_clients_commonly_send_is_plain(String request) {
        assertThat(lengthOfPlain(request + "GET /")).isEqualTo(request.length());
    }

    @ParameterizedTest
    @MethodSource("org.precertocsp.responder.http.HttpRequests#unusual")
    void what_is_unusual_is_left_to_the_long_path(String request) {
        assertThat(lengthOfPlain(request)).isNegative();
    }

    @Test
    void no_beginning_of_a_request_is_a_request() {
        for (String request : HttpRequests.plain().toList()) {
            for (int length = 0; length < request.length(); length++) {
                assertThat(lengthOfPlain(request.substring(0, length))).isNegative();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/ocsp/%s", "//ocsp//%s", "/ocsp/%s"})
    void under_a_path_only_that_path_is_plain(String target) {
        PlainRequest reader = new PlainRequest(TestServer.configUnder("/ocsp"), MAX_LENGTH);
        OcspTarget under = new OcspTarget("/ocsp");

        assertThat(read(reader, under, HttpRequests.get(target.formatted(HttpRequests.BASE64))))
                .isPositive();
        for (String other : new String[] {"/", "/ocsp", "/ocs/"}) {
            assertThat(read(reader, under, HttpRequests.get(other + HttpRequests.BASE64)))
                    .isNegative();
        }
    }

    @Test
    void a_request_may_spell_the_path_of_another_server() {
        String path = HttpRequests.BASE64.replaceFirst("IiIiIiIiI", "Iiocsp/iI");
        assertThat(path).contains("ocsp/");

        assertThat(lengthOfPlain(HttpRequests.get("/" + path))).isPositive();
    }

    @Test
    void the_fields_last_seen_mean_the_same_again() {
        PlainRequest reader = new PlainRequest(CONFIG, MAX_LENGTH);
        String get = HttpRequests.get("/" + HttpRequests.BASE64);
        String post = HttpRequests.post(HttpRequests.LENGTH);

        for (String request : new String[] {get, get, post, post, get, post}) {
            assertThat(read(reader, request)).isEqualTo(request.length());
        }
        // The same fields as the POST, but a GET has no body.
        assertThat(read(reader, post.replace("POST /", "GET /" + HttpRequests.BASE64)))
                .isNegative();
        assertThat(read(reader, post.substring(0, post.length() - 1))).isNegative();
    }

    @Property(tries = 2000)
    void a_plain_request_is_read_alike_on_the_long_path(@ForAll("requests") String request) {
        lengthOfPlain(request);
    }

    @Provide
    Arbitrary<String> requests() {
        return HttpRequests.any();
    }

    /// Fails if what it takes is read otherwise on the long path.
    static int lengthOfPlain(String request) {
        return read(new PlainRequest(CONFIG, MAX_LENGTH), request);
    }

    private static int read(PlainRequest reader, String request) {
        return read(reader, new OcspTarget("/"), request);
    }

    /// Reads, and compares what was taken.
    private static int read(PlainRequest reader, OcspTarget target, String request) {
        byte[] text = ("??" + request).getBytes(StandardCharsets.ISO_8859_1);
        int end = reader.read(text, 2, text.length);
        if (end >= 0) {
            assertThat(end).isBetween(3, text.length);
            assertReadAlike(reader, target, request.substring(0, end - 2));
        }
        return end < 0 ? end : end - 2;
    }

    private static void assertReadAlike(PlainRequest reader, OcspTarget target, String request) {
        RequestParser parser = new RequestParser(CONFIG, _ -> true);
        ByteBuf in = Unpooled.wrappedBuffer(request.getBytes(StandardCharsets.ISO_8859_1));
        assertThat(parser.read(in)).isEqualTo(RequestParser.Progress.WHOLE);
        assertThat(in.isReadable()).isFalse();
        HttpRequest taken = parser.take();
        assertThat(taken.keepAlive()).isTrue();
        assertThat(taken.ifNoneMatch()).isEmpty();
        assertThat(parser.isBetweenRequests()).isTrue();
        PlainReading.assertReads(reader.query(), decode(target, taken));
    }

    private static Decoded decode(OcspTarget target, HttpRequest request) {
        assertThat(target.within(request.target())).isPresent();
        return request.isPost()
                ? DECODER.decode(request.body().toArray())
                : DECODER.decode(
                        target.within(request.target())
                                .flatMap(GetPath::decode)
                                .orElseThrow()
                                .toArray());
    }
}
