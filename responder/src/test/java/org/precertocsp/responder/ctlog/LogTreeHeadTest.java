package org.precertocsp.responder.ctlog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.precertocsp.Requirement;
import org.precertocsp.TestCa;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.HashAlgorithm;

/// Heads and keys of logs.
final class LogTreeHeadTest {
    private static final Instant AT = Instant.parse("2026-06-01T10:00:00.123Z");
    private static final ByteString ROOT = HashAlgorithm.SHA256.hash(ByteString.of((byte) 1));

    static List<KeyPair> keys() {
        return List.of(TestCa.p256(), TestCa.rsa(2048));
    }

    private static LogPublicKey key(KeyPair keys) throws InvalidLogKeyException {
        return LogPublicKey.of(ByteString.of(keys.getPublic().getEncoded()));
    }

    @ParameterizedTest
    @MethodSource("keys")
    @Requirement("CT-08")
    void head_is_believed_when_the_logs_key_signed_it(KeyPair keys)
            throws InvalidLogKeyException, UntrustedTreeHeadException {
        TestLog log = new TestLog(keys);
        LogTreeHead expected = new LogTreeHead(7, ROOT, AT);

        assertThat(SignedTreeHeadParser.read(log.treeHead(7, ROOT, AT), key(keys)))
                .isEqualTo(expected);
        assertThat(
                        CheckpointParser.read(
                                log.checkpoint(7, ROOT, AT),
                                Optional.of(TestLog.ORIGIN),
                                key(keys)))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @MethodSource("keys")
    @Requirement({"CT-08", "CT-14"})
    void head_is_refused_when_anything_in_it_was_changed(KeyPair keys)
            throws InvalidLogKeyException {
        TestLog log = new TestLog(keys);
        LogPublicKey key = key(keys);
        LogPublicKey other = key(TestCa.p256());
        String head = text(log.treeHead(7, ROOT, AT));
        String note = text(log.checkpoint(7, ROOT, AT));

        for (String bad :
                List.of(
                        head.replace("\"tree_size\":7", "\"tree_size\":8"),
                        head.replace(TestLog.base64(ROOT.toArray()), "AAAA"),
                        head.replace("\"tree_size\":7", "\"tree_size\":\"7\""),
                        "[]",
                        "")) {
            assertThatThrownBy(() -> SignedTreeHeadParser.read(utf8(bad), key))
                    .isInstanceOf(UntrustedTreeHeadException.class);
        }
        for (String bad :
                List.of(
                        note.replace("\n7\n", "\n8\n"),
                        note.replace("\n7\n", "\n07\n"),
                        note.replace("\n\n", "\nextension\n\n"),
                        note.replace("\n\n", "\n"),
                        note.replace("— " + TestLog.ORIGIN, "— other"),
                        "")) {
            assertThatThrownBy(() -> CheckpointParser.read(utf8(bad), Optional.empty(), key))
                    .as(bad)
                    .isInstanceOf(UntrustedTreeHeadException.class);
        }
        assertThatThrownBy(() -> SignedTreeHeadParser.read(utf8(head), other))
                .isInstanceOf(UntrustedTreeHeadException.class);
        assertThatThrownBy(() -> CheckpointParser.read(utf8(note), Optional.empty(), other))
                .hasMessageContaining("not signed by the log's key");
        assertThatThrownBy(
                        () -> CheckpointParser.read(utf8(note), Optional.of("else.example"), key))
                .hasMessageContaining("is of log.example/test, not of else.example");
    }

    @Test
    void key_is_read_however_operators_have_it(@TempDir Path directory)
            throws InvalidLogKeyException, IOException {
        byte[] der = TestCa.p256().getPublic().getEncoded();
        ByteString id = HashAlgorithm.SHA256.hash(ByteString.of(der));
        Path pem = Files.writeString(directory.resolve("pem"), TestCa.pem("PUBLIC KEY", der));
        Path raw = Files.write(directory.resolve("der"), der);

        assertThat(LogPublicKey.named(TestLog.base64(der)).id()).isEqualTo(id);
        assertThat(LogPublicKey.named(pem.toString()).id()).isEqualTo(id);
        assertThat(LogPublicKey.named(raw.toString()).id()).isEqualTo(id);
    }

    @Test
    void key_no_log_may_have_is_refused() {
        for (KeyPair keys : List.of(TestCa.ec("secp384r1"), TestCa.rsa(1024))) {
            assertThatThrownBy(() -> key(keys)).hasMessageContaining("P-256");
        }
        assertThatThrownBy(() -> LogPublicKey.named("no such file"))
                .isInstanceOf(InvalidLogKeyException.class);
    }

    @Test
    void logs_are_picked_from_a_list() throws InvalidLogKeyException {
        String key = TestLog.base64(TestCa.p256().getPublic().getEncoded());
        String other = TestLog.base64(TestCa.p256().getPublic().getEncoded());
        String list =
                """
                {"version":"3.1","operators":[{"name":"Op",
                 "logs":[{"description":"Old log","key":"%s","url":"https://old.example/2026/"}],
                 "tiled_logs":[{"description":"New log","key":"%s",
                   "submission_url":"https://new.example/2026/",
                   "monitoring_url":"https://read.example/2026/"}]}]}
                """
                        .formatted(key, other);

        List<LogList.Listed> logs = LogList.read(utf8(list));

        assertThat(logs.getFirst().origin()).as("RFC 6962").isEmpty();
        LogList.Listed tiled = logs.getLast();
        assertThat(tiled.origin()).isEqualTo("new.example/2026");
        assertThat(tiled.url()).hasToString("https://read.example/2026/");
        assertThat(tiled.isCalled("new log")).isTrue();
        assertThat(tiled.isCalled(TestLog.base64(LogPublicKey.parse(other).id().toArray())))
                .isTrue();
        assertThatThrownBy(() -> LogList.read(utf8("{}")))
                .isInstanceOf(InvalidLogKeyException.class);
    }

    /// Lists name every log of the world, those of other kinds of key among them.
    @Test
    void logs_of_a_list_whose_key_is_not_known_are_left_out_and_the_others_read() throws Exception {
        KeyPairGenerator p384 = KeyPairGenerator.getInstance("EC");
        p384.initialize(new ECGenParameterSpec("secp384r1"));
        List<String> keys =
                List.of(
                        base64(p384.generateKeyPair()),
                        base64(KeyPairGenerator.getInstance("Ed25519").generateKeyPair()),
                        "",
                        "no base64!",
                        base64(TestCa.p256()));
        String logs =
                keys.stream()
                        .map(
                                key ->
                                        "{\"description\":\"log %d\",\"key\":\"%s\",\"url\":\"https://a.example/\"}"
                                                .formatted(keys.indexOf(key), key))
                        .collect(Collectors.joining(","));
        String list =
                "{\"operators\":[{\"name\":\"A\",\"logs\":[%s,{\"description\":\"keyless\"}]}]}"
                        .formatted(logs);

        assertThat(LogList.read(utf8(list)))
                .extracting(LogList.Listed::name)
                .containsExactly("log 4");
    }

    private static String base64(KeyPair keys) {
        return TestLog.base64(keys.getPublic().getEncoded());
    }

    private static String text(byte[] octets) {
        return new String(octets, StandardCharsets.UTF_8);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
