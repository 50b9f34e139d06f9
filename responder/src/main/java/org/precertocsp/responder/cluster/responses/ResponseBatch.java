package org.precertocsp.responder.cluster.responses;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.precertocsp.der.ByteString;
import org.precertocsp.ocsp.HashAlgorithm;
import org.precertocsp.ocsp.IssuerKey;
import org.precertocsp.responder.cluster.NodeSignature;
import org.precertocsp.responder.io.VarInt;
import org.precertocsp.responder.status.StoreException;
import org.precertocsp.responder.store.ResponseRecord;
import org.precertocsp.signer.ResponseTemplate;

/// Responses of one issuer, signed with one credential, as an authority publishes them. A *count*
/// is a [VarInt].
///
/// | bytes | what |
/// |---|---|
/// | 01 | version |
/// | length (1), name | the authority |
/// | 32, 32 | SHA-256 of the issuer's name and key |
/// | length (count), bytes | the template |
/// | number (count) | of responses, at least one |
/// | length (count), bytes | of each: a [ResponseRecord] with issuer 0 and template 0 |
/// | 64 | [NodeSignature] of all before it |
///
/// One batch has one encoding. Every later version keeps version and name at the beginning and the
/// signature at the end, so that a reader can tell a batch that it is too old for from a forged
/// one.
///
/// @param writer name of the authority
record ResponseBatch(
        String writer,
        IssuerHashes issuer,
        ResponseTemplate template,
        List<ResponseRecord> responses) {
    static final int MAX_RESPONSES = 512;

    /// Of the responses in a batch: beside them it has a template of a few certificates.
    static final int MAX_RESPONSE_BYTES = 256 << 10;

    /// Of a response beside its signature, at most, with its length.
    static final int RECORD_BYTES = 64;

    private static final int VERSION = 1;
    private static final int HASH_BYTES = 32;
    private static final NodeSignature SIGNATURE =
            new NodeSignature(
                    ByteString.of(
                            "precert-ocsp cluster responses\n"
                                    .getBytes(StandardCharsets.US_ASCII)));

    ResponseBatch {
        responses = List.copyOf(responses);
    }

    /// Identifies an issuer on all nodes.
    record IssuerHashes(ByteString name, ByteString key) {
        static IssuerHashes of(IssuerKey issuer) {
            return new IssuerHashes(
                    issuer.nameHash(HashAlgorithm.SHA256), issuer.keyHash(HashAlgorithm.SHA256));
        }
    }

    /// A record of the log once its signature was checked.
    sealed interface Opened {
        record Genuine(ResponseBatch batch) implements Opened {}

        /// An authority signed it, but this program does not understand it: a newer one wrote it.
        record Unreadable(String writer, String reason) implements Opened {}

        /// No authority signed it.
        record Forged(String reason) implements Opened {}
    }

    /// @throws IllegalArgumentException it is empty or too large
    ByteString sign(PrivateKey key) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(1_024 + 100 * responses.size());
        byte[] name = writer.getBytes(StandardCharsets.US_ASCII);
        out.write(VERSION);
        out.write(name.length);
        out.writeBytes(name);
        out.writeBytes(issuer.name().toArray());
        out.writeBytes(issuer.key().toArray());
        counted(template.encoded().toArray(), out);
        count(responses.size(), out);
        responses.forEach(response -> counted(response.encode(), out));
        if (responses.isEmpty()
                || out.size() + NodeSignature.BYTES > ResponseLog.MAX_RECORD_BYTES) {
            throw new IllegalArgumentException(
                    "%d responses in %d bytes".formatted(responses.size(), out.size()));
        }
        return SIGNATURE.sign(key, out.toByteArray());
    }

    private static void count(int number, ByteArrayOutputStream out) {
        byte[] bytes = new byte[VarInt.size(number)];
        VarInt.write(number, bytes, 0);
        out.writeBytes(bytes);
    }

    private static void counted(byte[] bytes, ByteArrayOutputStream out) {
        count(bytes.length, out);
        out.writeBytes(bytes);
    }

    /// @param authorities Ed25519 keys by name
    static Opened open(ByteString signed, Map<String, PublicKey> authorities) {
        byte[] bytes = signed.toArray();
        if (bytes.length > ResponseLog.MAX_RECORD_BYTES) {
            return new Opened.Forged("%d bytes are too many".formatted(bytes.length));
        }
        if (bytes.length < 2 + NodeSignature.BYTES
                || bytes.length < 2 + (bytes[1] & 0xff) + NodeSignature.BYTES) {
            return new Opened.Forged("it is too short");
        }
        String writer = new String(bytes, 2, bytes[1] & 0xff, StandardCharsets.ISO_8859_1);
        @Nullable PublicKey key = authorities.get(writer);
        if (key == null) {
            return new Opened.Forged("no authority has its writer's name");
        }
        if (!SIGNATURE.verifies(key, bytes)) {
            return new Opened.Forged("the signature is not that of " + writer);
        }
        try {
            return new Opened.Genuine(
                    new Reader(Arrays.copyOf(bytes, bytes.length - NodeSignature.BYTES))
                            .batch(writer));
        } catch (StoreException | IllegalArgumentException e) {
            return new Opened.Unreadable(writer, String.valueOf(e.getMessage()));
        }
    }

    private static final class Reader {
        private final byte[] bytes;
        private int at;

        Reader(byte[] bytes) {
            this.bytes = bytes;
        }

        ResponseBatch batch(String writer) {
            if (bytes[0] != VERSION) {
                throw new IllegalArgumentException(
                        "version %d, and this program reads %d".formatted(bytes[0], VERSION));
            }
            at = 2 + writer.length();
            IssuerHashes issuer = new IssuerHashes(take(HASH_BYTES), take(HASH_BYTES));
            ResponseTemplate template = ResponseTemplate.decode(take(count()));
            int number = count();
            List<ResponseRecord> responses = new ArrayList<>();
            for (int i = 0; i < number; i++) {
                ResponseRecord response = ResponseRecord.decode(take(count()).toArray());
                if (response.issuer() != 0 || response.template() != 0) {
                    throw new IllegalArgumentException(
                            "a response names issuer %d and template %d"
                                    .formatted(response.issuer(), response.template()));
                }
                responses.add(response);
            }
            if (number == 0 || at != bytes.length) {
                throw new IllegalArgumentException(
                        "%d responses, and %d bytes after them"
                                .formatted(number, bytes.length - at));
            }
            return new ResponseBatch(writer, issuer, template, responses);
        }

        private int count() {
            int number = VarInt.read(bytes, at);
            if (number < 0) {
                throw new IllegalArgumentException("not a count at " + at);
            }
            at += VarInt.size(number);
            return number;
        }

        private ByteString take(int length) {
            if (length > bytes.length - at) {
                throw new IllegalArgumentException("it ends early");
            }
            at += length;
            return ByteString.of(bytes, at - length, length);
        }
    }
}
