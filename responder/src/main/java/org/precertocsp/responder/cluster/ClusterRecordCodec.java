package org.precertocsp.responder.cluster;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.precertocsp.der.ByteString;
import org.precertocsp.responder.cluster.ClusterRecord.Beat;
import org.precertocsp.responder.cluster.ClusterRecord.Claim;
import org.precertocsp.responder.cluster.ClusterRecord.Echo;
import org.precertocsp.responder.cluster.ClusterRecord.Envelope;
import org.precertocsp.responder.cluster.ClusterRecord.Part;
import org.precertocsp.responder.cluster.ClusterRecord.Report;
import org.precertocsp.responder.cluster.ClusterRecord.Reset;
import org.precertocsp.responder.cluster.ClusterRecord.RowDigests;
import org.precertocsp.responder.cluster.ClusterRecord.Seal;
import org.precertocsp.responder.io.VarInt;
import org.precertocsp.responder.status.FrozenRows.IssuerDigest;
import org.precertocsp.responder.status.StoredRow;

/// The bytes of a record, without its signature. Numbers are big-endian; a *count* is a number in
/// groups of seven bits, least significant first, as short as possible.
///
/// | all | version (1) = 1, length of the name (1), name of the writer, kind (1), generation (8), then |
/// |---|---|
/// | 1 envelope | epoch (8), sequence (8), previous (32), rows |
/// | 2 part | epoch (8), sequence (8), number (count), rows |
/// | 3 seal | epoch (8), sequence (8), previous (32), digest (32) |
/// | 4 beat | sequence (8), head (32), time in milliseconds since 1970 (8), count, then of each: length of the name (1), name of the edge, nonce (16) |
/// | 5 claim | epoch (8), nonce (16) |
/// | 6 reset | epoch (8), sequence (8), head (32) |
/// | 7 report | sequence (8), nonce (16) |
/// | 8 row digests | sequence (8), count, then of each: issuer (count), rows (8), SHA-256 (32) |
/// | rows | count, then of each: family (1), length of the key (count), key, length of the value + 1 or 0 if the row is deleted (count), value |
///
/// Each record has exactly one encoding, and no other bytes are accepted. Every later version keeps
/// the first three fields and the signature at the end, so that a reader can tell a record it is
/// too old for from a forged one.
final class ClusterRecordCodec {
    static final int VERSION = 1;

    private static final int ENVELOPE = 1;
    private static final int PART = 2;
    private static final int SEAL = 3;
    private static final int BEAT = 4;
    private static final int CLAIM = 5;
    private static final int RESET = 6;
    private static final int REPORT = 7;
    private static final int ROW_DIGESTS = 8;

    private ClusterRecordCodec() {}

    static byte[] encode(ClusterRecord record) {
        Writer out = new Writer();
        out.octet(VERSION).name(record.writer());
        switch (record) {
            case Envelope envelope ->
                    out.start(ENVELOPE, envelope).bytes(envelope.previous()).rows(envelope.rows());
            case Part part -> out.start(PART, part).count(part.number()).rows(part.rows());
            case Seal seal -> out.start(SEAL, seal).bytes(seal.previous()).bytes(seal.digest());
            case Beat beat -> {
                out.octet(BEAT)
                        .int64(beat.generation())
                        .int64(beat.sequence())
                        .bytes(beat.head())
                        .int64(beat.time().toEpochMilli())
                        .count(beat.echoes().size());
                beat.echoes().forEach(echo -> out.name(echo.edge()).bytes(echo.nonce()));
            }
            case Claim claim ->
                    out.octet(CLAIM)
                            .int64(claim.generation())
                            .int64(claim.epoch())
                            .bytes(claim.nonce());
            case Reset reset ->
                    out.octet(RESET)
                            .int64(reset.generation())
                            .int64(reset.epoch())
                            .int64(reset.sequence())
                            .bytes(reset.head());
            case Report report ->
                    out.octet(REPORT)
                            .int64(report.generation())
                            .int64(report.sequence())
                            .bytes(report.nonce());
            case RowDigests digests -> {
                out.octet(ROW_DIGESTS)
                        .int64(digests.generation())
                        .int64(digests.sequence())
                        .count(digests.digests().size());
                digests.digests()
                        .forEach(it -> out.count(it.issuer()).int64(it.rows()).bytes(it.sha256()));
            }
        }
        return out.toArray();
    }

    /// @param bytes without the signature
    static ClusterRecord decode(byte[] bytes) throws InvalidRecordException {
        Reader in = new Reader(ByteBuffer.wrap(bytes));
        int version = in.octet();
        if (version != VERSION) {
            throw new InvalidRecordException(
                    "version %d, and this program reads %d".formatted(version, VERSION));
        }
        String writer = in.name();
        int kind = in.octet();
        long generation = in.int64();
        ClusterRecord record;
        try {
            record = body(kind, writer, generation, in);
        } catch (IllegalArgumentException e) {
            // The records check their own fields.
            throw new InvalidRecordException(String.valueOf(e.getMessage()));
        }
        in.end();
        return record;
    }

    private static ClusterRecord body(int kind, String writer, long generation, Reader in)
            throws InvalidRecordException {
        return switch (kind) {
            case ENVELOPE ->
                    new Envelope(
                            writer, generation, in.int64(), in.int64(), in.digest(), in.rows());
            case PART ->
                    new Part(writer, generation, in.int64(), in.int64(), in.count(), in.rows());
            case SEAL ->
                    new Seal(writer, generation, in.int64(), in.int64(), in.digest(), in.digest());
            case BEAT ->
                    new Beat(writer, generation, in.int64(), in.digest(), in.time(), in.echoes());
            case CLAIM -> new Claim(writer, generation, in.int64(), in.nonce());
            case RESET -> new Reset(writer, generation, in.int64(), in.int64(), in.digest());
            case REPORT -> new Report(writer, generation, in.int64(), in.nonce());
            case ROW_DIGESTS -> new RowDigests(writer, generation, in.int64(), in.digests());
            default -> throw new InvalidRecordException("kind " + kind);
        };
    }

    private static final class Writer {
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();

        Writer start(int kind, ClusterRecord.Change change) {
            return octet(kind)
                    .int64(change.generation())
                    .int64(change.epoch())
                    .int64(change.sequence());
        }

        Writer octet(int value) {
            out.write(value);
            return this;
        }

        Writer int64(long value) {
            out.writeBytes(ByteBuffer.allocate(Long.BYTES).putLong(value).array());
            return this;
        }

        Writer count(int number) {
            byte[] encoded = new byte[VarInt.size(number)];
            VarInt.write(number, encoded, 0);
            out.writeBytes(encoded);
            return this;
        }

        Writer bytes(ByteString bytes) {
            out.writeBytes(bytes.toArray());
            return this;
        }

        Writer name(String name) {
            octet(name.length());
            out.writeBytes(name.getBytes(StandardCharsets.US_ASCII));
            return this;
        }

        Writer rows(List<StoredRow> rows) {
            count(rows.size());
            for (StoredRow row : rows) {
                octet(row.family().code()).count(row.key().length()).bytes(row.key());
                row.value()
                        .ifPresentOrElse(
                                value -> count(value.length() + 1).bytes(value), () -> count(0));
            }
            return this;
        }

        byte[] toArray() {
            return out.toByteArray();
        }
    }

    private record Reader(ByteBuffer in) {
        private void require(int length) throws InvalidRecordException {
            if (in.remaining() < length) {
                throw new InvalidRecordException("it ends early");
            }
        }

        int octet() throws InvalidRecordException {
            require(1);
            return in.get() & 0xff;
        }

        long int64() throws InvalidRecordException {
            require(Long.BYTES);
            return in.getLong();
        }

        int count() throws InvalidRecordException {
            byte[] next = new byte[Math.min(in.remaining(), VarInt.MAX_BYTES)];
            in.get(in.position(), next);
            int value = VarInt.read(next, 0);
            if (value < 0) {
                throw new InvalidRecordException("not a count at " + in.position());
            }
            in.position(in.position() + VarInt.size(value));
            return value;
        }

        ByteString bytes(int length) throws InvalidRecordException {
            require(length);
            byte[] bytes = new byte[length];
            in.get(bytes);
            return ByteString.of(bytes);
        }

        ByteString digest() throws InvalidRecordException {
            return bytes(ClusterRecord.DIGEST_BYTES);
        }

        ByteString nonce() throws InvalidRecordException {
            return bytes(ClusterRecord.NONCE_BYTES);
        }

        Instant time() throws InvalidRecordException {
            return Instant.ofEpochMilli(int64());
        }

        String name() throws InvalidRecordException {
            // Bytes that are not ASCII become characters that no name has.
            return new String(bytes(octet()).toArray(), StandardCharsets.US_ASCII);
        }

        List<Echo> echoes() throws InvalidRecordException {
            int count = count();
            List<Echo> echoes = new ArrayList<>();
            Set<String> edges = new HashSet<>();
            for (int i = 0; i < count; i++) {
                Echo echo = new Echo(name(), nonce());
                if (!edges.add(echo.edge())) {
                    throw new InvalidRecordException("two echoes for " + echo.edge());
                }
                echoes.add(echo);
            }
            return echoes;
        }

        List<IssuerDigest> digests() throws InvalidRecordException {
            int count = count();
            List<IssuerDigest> digests = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                digests.add(new IssuerDigest(count(), int64(), digest()));
            }
            return digests;
        }

        List<StoredRow> rows() throws InvalidRecordException {
            int count = count();
            List<StoredRow> rows = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                int family = octet();
                StoredRow.Family known =
                        StoredRow.Family.ofCode(family)
                                .orElseThrow(() -> new InvalidRecordException("family " + family));
                ByteString key = bytes(count());
                int length = count();
                rows.add(
                        new StoredRow(
                                known,
                                key,
                                length == 0 ? Optional.empty() : Optional.of(bytes(length - 1))));
            }
            return rows;
        }

        void end() throws InvalidRecordException {
            if (in.hasRemaining()) {
                throw new InvalidRecordException(in.remaining() + " bytes after the end");
            }
        }
    }
}
