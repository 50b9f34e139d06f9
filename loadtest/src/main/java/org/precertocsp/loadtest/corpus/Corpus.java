package org.precertocsp.loadtest.corpus;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.function.Function;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemWriter;

/// A corpus on disk: its folder and what lies where.
public record Corpus(Path directory, CorpusPlan plan) {
    static final String ISSUER = "issuer.pem";
    static final String DELEGATE = "responder.pem";
    static final String DELEGATE_KEY = "responder.key";

    private static final String CONFIGURATION = "precert-ocsp.yaml";
    private static final int BUFFER = 1 << 18;

    /// Writes every file anew. One pass over the serials for each, in memory of a buffer.
    ///
    /// @param progress called once for each large file
    public static Corpus write(
            Path directory, CorpusPlan plan, Function<CorpusFile, CorpusProgress> progress)
            throws IOException {
        Files.createDirectories(directory);
        Corpus corpus = new Corpus(directory.toAbsolutePath().normalize(), plan);
        Authority authority = new Authority(plan, corpus.now());
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

    /// A configuration for precert-ocsp, its store beside it.
    public Path configuration() {
        return directory.resolve(CONFIGURATION);
    }

    private Instant now() {
        return plan.date().atStartOfDay(ZoneOffset.UTC).toInstant();
    }

    private void writeCredentials(Authority authority) throws IOException {
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
                                Optional.empty())
                        .toString());
    }

    /// Readable by its owner alone, or the responder would warn.
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

    private void writeLarge(CorpusFile kind, Authority authority, CorpusProgress progress)
            throws IOException {
        SyntheticStatus statuses = new SyntheticStatus(plan.population(), now());
        TextLines lines = new TextLines(plan, statuses, progress);
        try (OutputStream out =
                new BufferedOutputStream(Files.newOutputStream(file(kind)), BUFFER)) {
            switch (kind) {
                case SERIALS -> lines.serials(out);
                case CSV -> lines.csv(out);
                case CRL -> new CrlFile(plan, authority, statuses, progress).write(out);
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
}
