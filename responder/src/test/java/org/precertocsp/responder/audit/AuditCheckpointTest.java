package org.precertocsp.responder.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.bouncycastle.crypto.params.Ed25519PublicKeyParameters;
import org.bouncycastle.crypto.signers.Ed25519Signer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.precertocsp.der.ByteString;

/// Checkpoints against the text of C2SP's signed-note and tlog-checkpoint, read here anew with
/// another library's Ed25519.
final class AuditCheckpointTest {
    private static final String ORIGIN = "example.com/audit/events";
    private static final ByteString ROOT = ByteString.ofHex("ab".repeat(32));

    @TempDir Path folder;

    private CheckpointSigner key() throws IOException {
        return CheckpointSigner.create(folder.resolve("key.pem"));
    }

    @Test
    void outsiders_can_verify_a_checkpoint() throws Exception {
        CheckpointSigner key = key();
        List<String> lines = new AuditCheckpoint(ORIGIN, 42, ROOT).signedBy(key).lines().toList();

        assertThat(lines.subList(0, 4))
                .containsExactly(
                        ORIGIN, "42", Base64.getEncoder().encodeToString(ROOT.toArray()), "");
        String[] words = lines.get(4).split(" ", -1);
        assertThat(words[0]).isEqualTo("—");
        assertThat(words[1]).isEqualTo(ORIGIN);
        byte[] signed = Base64.getDecoder().decode(words[2]);
        String[] vkey = key.verifier(ORIGIN).text().split("\\+", 3);
        byte[] typed = Base64.getDecoder().decode(vkey[2]);
        assertThat(typed).hasSize(33).startsWith(1);
        ByteArrayOutputStream named = new ByteArrayOutputStream();
        named.writeBytes((ORIGIN + "\n").getBytes(StandardCharsets.UTF_8));
        named.writeBytes(typed);
        byte[] id =
                Arrays.copyOf(MessageDigest.getInstance("SHA-256").digest(named.toByteArray()), 4);
        assertThat(Arrays.copyOf(signed, 4)).isEqualTo(id);
        assertThat(vkey[1]).isEqualTo(HexFormat.of().formatHex(id));
        String text = String.join("\n", lines.subList(0, 3)) + "\n";
        Ed25519Signer verifier = new Ed25519Signer();
        verifier.init(false, new Ed25519PublicKeyParameters(typed, 1));
        verifier.update(text.getBytes(StandardCharsets.UTF_8), 0, text.length());
        assertThat(verifier.verifySignature(Arrays.copyOfRange(signed, 4, signed.length))).isTrue();
    }

    @Test
    void a_witness_signature_beside_the_logs_own_does_no_harm() throws IOException {
        CheckpointSigner key = key();
        String note =
                new AuditCheckpoint(ORIGIN, 42, ROOT).signedBy(key) + "— witness.example AAAA\n";

        assertThat(AuditCheckpoint.read(note, key.verifier(ORIGIN)))
                .contains(new AuditCheckpoint(ORIGIN, 42, ROOT));
    }

    @Test
    void another_log_or_key_is_not_believed() throws IOException {
        CheckpointSigner key = key();
        String note = new AuditCheckpoint(ORIGIN, 42, ROOT).signedBy(key);
        CheckpointSigner other = CheckpointSigner.create(folder.resolve("other.pem"));

        assertThat(AuditCheckpoint.read(note, key.verifier("example.com/other"))).isEmpty();
        assertThat(AuditCheckpoint.read(note, other.verifier(ORIGIN))).isEmpty();
        assertThat(AuditCheckpoint.read(note.replace("\n42\n", "\n43\n"), key.verifier(ORIGIN)))
                .isEmpty();
    }

    @Test
    void a_key_is_read_again_and_verifiers_are_parsed() throws IOException {
        CheckpointSigner key = key();
        CheckpointSigner again = CheckpointSigner.read(folder.resolve("key.pem"));

        assertThat(again.verifier(ORIGIN)).isEqualTo(key.verifier(ORIGIN));
        assertThat(CheckpointVerifier.parse(key.verifier(ORIGIN).text()))
                .contains(key.verifier(ORIGIN));
        assertThat(
                        CheckpointVerifier.parse(
                                key.verifier(ORIGIN).text().replace("events", "event5")))
                .isEmpty();
    }

    @Test
    void what_is_no_key_is_refused_with_the_remedy() throws IOException {
        Path file = Files.writeString(folder.resolve("no.pem"), "no key");

        assertThatThrownBy(() -> CheckpointSigner.read(file))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no.pem")
                .hasMessageContaining("openssl genpkey");
    }
}
