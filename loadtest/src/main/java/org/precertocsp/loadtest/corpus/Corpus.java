package org.precertocsp.loadtest.corpus;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.Function;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemWriter;
import org.precertocsp.der.Asn1Time;

/// A corpus on disk: its directory and the files in it.
public record Corpus(Path directory, CorpusPlan plan) {
    static final String ISSUER = "issuer.pem";
    static final String DELEGATE = "responder.pem";
    static final String DELEGATE_KEY = "responder.key";

    private static final String CONFIGURATION = "precert-ocsp.yaml";
    private static final int BUFFER = 1 << 18;

    /// Writes every file anew, with one pass over the serials for each, and memory for one buffer.
    ///
    /// @param progress called once for each large file
    public static Corpus write(
            Path directory, CorpusPlan plan, Function<CorpusFile, CorpusProgress> progress)
            throws IOException {
        Files.createDirectories(directory);
        Corpus corpus = new Corpus(directory.toAbsolutePath().normalize(), plan);
        SyntheticCa authority = new SyntheticCa(plan, corpus.now());
        corpus.writeCredentials(authority);
        for (CorpusFile kind : CorpusFile.values()) {
            if (plan.files().contains(kind)) {
                corpus.writeLarge(kind, authority, progress.apply(kind));
            }
        }
        return corpus;
    }

    public Path file(CorpusFile kind) {
        return directory.resolve(kind.fileName());
    }

    /// The CA's certificate, PEM.
    public Path issuer() {
        return directory.resolve(ISSUER);
    }

    /// The delegate's certificate, PEM.
    public Path delegate() {
        return directory.resolve(DELEGATE);
    }

    /// The delegate's private key, PKCS#8 PEM.
    public Path delegateKey() {
        return directory.resolve(DELEGATE_KEY);
    }

    /// A configuration for precert-ocsp, with the store in the same directory.
    public Path configuration() {
        return directory.resolve(CONFIGURATION);
    }

    private Instant now() {
        return plan.date().atStartOfDay(ZoneOffset.UTC).toInstant();
    }

    private void writeCredentials(SyntheticCa authority) throws IOException {
        KeyPair delegateKeys = authority.newKeys("delegate key");
        Files.writeString(issuer(), pem("CERTIFICATE", authority.certificate().getEncoded()));
        Files.writeString(
                delegate(), pem("CERTIFICATE", authority.delegate(delegateKeys).getEncoded()));
        writeKey(delegateKeys);
        Files.writeString(
                configuration(),
                new ResponderYaml(
                                directory,
                                directory.resolve("store"),
                                "127.0.0.1:8080",
                                Optional.empty(),
                                Optional.empty())
                        .toString());
    }

    /// Readable by its owner only, or the responder would warn.
    private void writeKey(KeyPair keys) throws IOException {
        Files.deleteIfExists(delegateKey());
        Files.createFile(
                delegateKey(),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(
                delegateKey(),
                pem("PRIVATE KEY", keys.getPrivate().getEncoded()),
                StandardOpenOption.WRITE);
    }

    private void writeLarge(CorpusFile kind, SyntheticCa authority, CorpusProgress progress)
            throws IOException {
        SyntheticStatuses statuses = new SyntheticStatuses(plan.population(), now());
        SerialListWriter lines = new SerialListWriter(plan, statuses, progress);
        try (OutputStream out =
                new BufferedOutputStream(Files.newOutputStream(file(kind)), BUFFER)) {
            switch (kind) {
                case SERIALS -> lines.serials(out);
                case CSV -> lines.csv(out);
                case CRL -> new SyntheticCrlWriter(plan, authority, statuses, progress).write(out);
                case INDEX -> lines.index(out);
            }
        }
        progress.step(plan.serials());
    }

    private static String pem(String type, byte[] der) throws IOException {
        StringWriter text = new StringWriter();
        try (PemWriter writer = new PemWriter(text)) {
            writer.writeObject(new PemObject(type, der));
        }
        return text.toString();
    }

    /// The text files of a corpus, one line for each serial.
    static final class SerialListWriter {
        private static final HexFormat LOWER = HexFormat.of();
        private static final HexFormat UPPER = HexFormat.of().withUpperCase();

        private final CorpusPlan plan;
        private final SyntheticStatuses statuses;
        private final CorpusProgress progress;

        SerialListWriter(CorpusPlan plan, SyntheticStatuses statuses, CorpusProgress progress) {
            this.plan = plan;
            this.statuses = statuses;
            this.progress = progress;
        }

        void serials(OutputStream out) throws IOException {
            write(out, "serial,status\n", this::serialLine);
        }

        void csv(OutputStream out) throws IOException {
            write(out, "serial,status,revocation_date,reason,not_after\n", this::csvLine);
        }

        void index(OutputStream out) throws IOException {
            write(out, "", this::indexLine);
        }

        @FunctionalInterface
        private interface Line {
            void append(StringBuilder line, long index, byte[] serial);
        }

        private void write(OutputStream out, String header, Line format) throws IOException {
            out.write(header.getBytes(StandardCharsets.US_ASCII));
            StringBuilder line = new StringBuilder();
            byte[] serial = new byte[SyntheticSerials.BYTES];
            for (long i = 0; i < plan.serials(); i++) {
                progress.step(i);
                statuses.serials().write(i, serial, 0);
                line.setLength(0);
                format.append(line, i, serial);
                line.append('\n');
                out.write(line.toString().getBytes(StandardCharsets.US_ASCII));
            }
        }

        private void serialLine(StringBuilder line, long index, byte[] serial) {
            LOWER.formatHex(line, serial);
            line.append(statuses.serials().isRevoked(index) ? ",revoked" : ",good");
        }

        private void csvLine(StringBuilder line, long index, byte[] serial) {
            LOWER.formatHex(line, serial);
            if (statuses.serials().isRevoked(index)) {
                line.append(",revoked,").append(statuses.revokedAt(index)).append(',');
                line.append(statuses.reason(index));
            } else {
                line.append(",good,,");
            }
            line.append(',').append(statuses.notAfter(index));
        }

        /// Serials in upper case: openssl compares text.
        private void indexLine(StringBuilder line, long index, byte[] serial) {
            boolean revoked = statuses.serials().isRevoked(index);
            line.append(revoked ? 'R' : 'V').append('\t');
            line.append(utcTime(statuses.notAfter(index))).append('\t');
            if (revoked) {
                line.append(utcTime(statuses.revokedAt(index))).append(',');
                line.append(statuses.reason(index));
            }
            line.append('\t');
            UPPER.formatHex(line, serial);
            line.append("\tunknown\t/CN=").append(index).append(".example");
        }

        private static String utcTime(Instant instant) {
            return new String(Asn1Time.utcTime(instant), StandardCharsets.US_ASCII);
        }
    }
}
