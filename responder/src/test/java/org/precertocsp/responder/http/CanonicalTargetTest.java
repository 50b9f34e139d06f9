package org.precertocsp.responder.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.precertocsp.Requirement;
import org.precertocsp.responder.answer.Answer;
import org.precertocsp.responder.request.Requests;

/// One cacheable answer has a handful of targets, whatever else it is answered to.
final class CanonicalTargetTest {
    private static final HttpReply SERVED = HttpReply.of((Answer.Served) FakeSource.SERVED);
    private static final String BASE64 = withEveryMark();
    private static final List<TestServer> SERVERS = new ArrayList<>();

    @BeforeContainer
    static void start() {
        SERVERS.add(TestServer.with((_, _) -> SERVED));
        SERVERS.add(TestServer.with((_, _) -> null));
        SERVERS.add(TestServer.start());
    }

    @AfterContainer
    static void stop() {
        SERVERS.forEach(TestServer::close);
    }

    private static String withEveryMark() {
        return IntStream.range(0x100000, 0x200000)
                .mapToObj(it -> Requests.sha1CertId("7fbeff" + Integer.toHexString(it)))
                .map(it -> Requests.request(Requests.tbs(Requests.list(Requests.single(it)))))
                .map(it -> Base64.getEncoder().encodeToString(it))
                .filter(it -> it.contains("+") && it.contains("/") && it.contains("="))
                .findFirst()
                .orElseThrow();
    }

    private static Set<String> canonical(String base64) {
        Set<String> all = new TreeSet<>();
        for (String plus : new String[] {"+", "%2B"}) {
            for (String slash : new String[] {"/", "%2F"}) {
                for (String pad : new String[] {"=", "%3D"}) {
                    all.add("/" + base64.replace("/", slash).replace("+", plus).replace("=", pad));
                }
            }
        }
        return all;
    }

    @Test
    @Requirement({"HT-03", "HT-07"})
    void what_well_behaved_clients_write_is_cacheable() {
        Set<String> targets = canonical(BASE64);
        assertThat(targets).hasSize(8);
        withServers(
                server ->
                        assertThat(targets)
                                .allSatisfy(
                                        target ->
                                                assertThat(control(server, target))
                                                        .startsWith("max-age=")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/%s?x",
                "/%s?",
                "//%s",
                "////%s",
                "http://x/%s",
                "/%%0A%s",
                "/%s%%0A",
                "/%s%%20",
                "/%%4D%s",
            })
    void an_alias_is_answered_but_not_cacheable(String pattern) {
        boolean first = pattern.contains("%%4D");
        String target = pattern.formatted(first ? BASE64.substring(1) : BASE64);
        withServers(
                server -> {
                    Wire.Reply reply = server.ask(HttpRequests.get(target));
                    if (reply.body().equals(FakeSource.DER)) {
                        assertThat(reply.field("Cache-Control")).isEqualTo("no-store");
                    }
                });
    }

    @Test
    void other_spellings_of_the_same_octets_are_not_cacheable() {
        String unusedBits = BASE64.replaceFirst("8=+$", "9=");
        List<String> aliases =
                List.of(
                        BASE64.replace("=", ""),
                        BASE64.replace('+', '-'),
                        BASE64.replace('/', '_'),
                        BASE64.replace("+", "%2b"),
                        BASE64.replace("/", "%2f"),
                        BASE64.replace("=", "%3d"),
                        BASE64.replaceFirst("/", "%2F") + (BASE64.endsWith("=") ? "" : "="),
                        BASE64.replace("/", "%252F"),
                        unusedBits.equals(BASE64) ? "//" + BASE64 : unusedBits);
        withServers(
                server ->
                        assertThat(aliases)
                                .allSatisfy(
                                        alias -> {
                                            String control = control(server, "/" + alias);
                                            if (!canonical(BASE64).contains("/" + alias)) {
                                                assertThat(control).isEqualTo("no-store");
                                            }
                                        }));
    }

    @Test
    void more_than_a_cert_id_in_a_request_makes_it_another_alias() {
        byte[] single = Requests.single(Requests.sha1CertId("01"));
        byte[] extended =
                Requests.request(Requests.tbs(Requests.hex("a003020100"), Requests.list(single)));
        withServers(
                server -> {
                    assertThat(control(server, "/" + HttpRequests.BASE64_WITH_NONCE))
                            .isEqualTo("no-store");
                    assertThat(control(server, "/" + Base64.getEncoder().encodeToString(extended)))
                            .isEqualTo("no-store");
                });
    }

    @Test
    void under_a_path_the_path_is_part_of_it() {
        try (TestServer server = TestServer.under("/ocsp/")) {
            assertThat(control(server, "/ocsp/" + BASE64)).startsWith("max-age=");
            assertThat(control(server, "/ocsp//" + BASE64)).isEqualTo("no-store");
            assertThat(control(server, "//ocsp/" + BASE64)).isEqualTo("no-store");
            assertThat(control(server, "/ocsp/" + BASE64 + "?a")).isEqualTo("no-store");
        }
    }

    @Property(tries = 1500)
    void whatever_is_cacheable_is_one_of_eight(
            @ForAll @Size(max = 4) List<@From("changes") UnaryOperator<String>> changes) {
        String target = "/" + BASE64;
        for (UnaryOperator<String> change : changes) {
            target = change.apply(target);
        }
        for (TestServer server : SERVERS) {
            String control = control(server, target);
            assertThat(control.startsWith("max-age="))
                    .as(target)
                    .isEqualTo(canonical(BASE64).contains(target));
        }
    }

    @Provide
    Arbitrary<UnaryOperator<String>> changes() {
        return Arbitraries.of(
                text -> text.replace("+", "%2B"),
                text -> text.replace("/", "%2F").replaceFirst("%2F", "/"),
                text -> text.replace("=", "%3D"),
                text -> text.replaceFirst("\\+", "%2B"),
                text -> text.replaceFirst("\\+", "-"),
                text -> text.replaceFirst("=", "%3D"),
                text -> text.replaceFirst("=", ""),
                text -> text + "=",
                text -> text + "%3D",
                text -> text.replaceFirst("%2F", "%2f"),
                text -> text.replaceFirst("%2B", "%2b"),
                text -> text.replaceFirst("%2F", "/"),
                text -> text.replaceFirst("%2F", "_"),
                text -> text.replaceFirst("M", "%4D"),
                text -> "/" + text,
                text -> text + "?a",
                text -> text + "?",
                text -> "http://x" + text,
                text -> text + "%0A",
                text -> text + "A",
                text -> text.replace("%", "%25"));
    }

    private static void withServers(Consumer<TestServer> check) {
        try (TestServer fast = TestServer.with((_, _) -> SERVED);
                TestServer asking = TestServer.with((_, _) -> null);
                TestServer slow = TestServer.start()) {
            check.accept(fast);
            check.accept(asking);
            check.accept(slow);
        }
    }

    private static String control(TestServer server, String target) {
        return server.ask(HttpRequests.get(target)).field("Cache-Control");
    }
}
