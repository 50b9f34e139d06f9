package org.precertocsp.loadtest.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.precertocsp.der.ByteString;
import org.precertocsp.loadtest.corpus.Corpus;
import org.precertocsp.loadtest.corpus.CorpusFile;
import org.precertocsp.loadtest.corpus.CorpusKeyType;
import org.precertocsp.loadtest.corpus.CorpusPlan;
import org.precertocsp.loadtest.corpus.CorpusProgress;
import org.precertocsp.loadtest.corpus.SyntheticSerials;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.ocsp.Serial;
import org.precertocsp.responder.answer.AnswerConfig;
import org.precertocsp.responder.answer.AnswerContext;
import org.precertocsp.responder.answer.IssuerDirectory;
import org.precertocsp.responder.answer.MonotonicClock;
import org.precertocsp.responder.answer.PresignMode;
import org.precertocsp.responder.answer.ServedIssuer;
import org.precertocsp.responder.intake.ConfiguredIssuer;
import org.precertocsp.responder.intake.FeedFile;
import org.precertocsp.responder.intake.FeedKind;
import org.precertocsp.responder.intake.FeedLoader;
import org.precertocsp.responder.intake.FeedReader;
import org.precertocsp.responder.intake.FeedRejectedException;
import org.precertocsp.responder.intake.FeedSink;
import org.precertocsp.responder.intake.LoadJob;
import org.precertocsp.responder.intake.LoadSummary;
import org.precertocsp.responder.intake.ProgressListener;
import org.precertocsp.responder.intake.SourceLocation;
import org.precertocsp.responder.intake.UnreadableFileException;
import org.precertocsp.responder.intake.crl.CrlFeed;
import org.precertocsp.responder.intake.list.CsvFeed;
import org.precertocsp.responder.intake.list.IndexFeed;
import org.precertocsp.responder.status.ChangeSource;
import org.precertocsp.responder.status.CrlScope;
import org.precertocsp.responder.status.LatestCrl;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.StatusChange;
import org.precertocsp.responder.status.StatusStore;
import org.precertocsp.responder.status.StoreLockedException;
import org.precertocsp.responder.store.RocksStore;
import org.precertocsp.responder.store.StoreConfig;
import org.precertocsp.signer.BouncyCastleSigner;
import org.precertocsp.signer.CertificateFile;
import org.precertocsp.signer.CredentialLoadResult;
import org.precertocsp.signer.CredentialLoader;
import org.precertocsp.signer.CredentialSource;
import org.precertocsp.signer.InvalidCertificateException;
import org.precertocsp.signer.IssuerCertificate;
import org.precertocsp.signer.ResponderCredential;
import org.precertocsp.signer.key.KeyConfig;
import org.precertocsp.signer.key.KeySource;
import org.precertocsp.signer.key.PrivateKeys;

/// A synthetic population as the responder processes it: its CA, its credential, its feeds, its
/// store.
///
/// Serials and dates come from one seed, the same in every run; the present is today's midnight.
final class BenchmarkFixture {
    /// How long an answer may take.
    static final Duration ANSWER_LIMIT = Duration.ofSeconds(10);

    private static final long SEED = 6960;
    private static final long CACHE_BYTES = 256L << 20;

    private final BenchmarkDirectory scratch;
    private final Corpus corpus;
    private final IssuerCertificate issuer;

    private BenchmarkFixture(BenchmarkDirectory scratch, Corpus corpus)
            throws InvalidCertificateException {
        this.scratch = scratch;
        this.corpus = corpus;
        this.issuer = CertificateFile.readFirst(corpus.issuer());
    }

    /// @param revokedShare of the serials, 0 to 1
    static BenchmarkFixture of(
            long serials, double revokedShare, CorpusKeyType keys, CorpusFile... files)
            throws IOException, InvalidCertificateException {
        BenchmarkDirectory scratch = BenchmarkDirectory.ofThisProcess();
        LocalDate today = LocalDate.ofInstant(now(), ZoneOffset.UTC);
        CorpusPlan plan = new CorpusPlan(serials, revokedShare, SEED, today, keys, Set.of(files));
        String name = "%s-%d-%s-%s".formatted(keys, serials, revokedShare, plan.files());
        Path directory =
                scratch.once(
                        name, folder -> Corpus.write(folder, plan, _ -> CorpusProgress.SILENT));
        return new BenchmarkFixture(scratch, new Corpus(directory, plan));
    }

    static Instant now() {
        return source().instant();
    }

    static InstantSource source() {
        return InstantSource.system();
    }

    SyntheticSerials serials() {
        return corpus.plan().population();
    }

    IssuerCertificate issuer() {
        return issuer;
    }

    Path file(CorpusFile file) {
        return corpus.file(file);
    }

    SerialKey assigned(long index) {
        return key(serials().serial(index));
    }

    SerialKey unassigned(long index) {
        return key(serials().unassigned(index));
    }

    private SerialKey key(byte[] serial) {
        return new SerialKey(issuer.key(), Serial.ofDerContent(serial));
    }

    ConfiguredIssuer fed() {
        return new ConfiguredIssuer("synthetic", List.of(issuer), IssuerProfile.TLS);
    }

    FeedReader feed(FeedKind kind) {
        ConfiguredIssuer.Directory issuers = new ConfiguredIssuer.Directory(List.of(fed()));
        return switch (kind) {
            case CRL -> new CrlFeed(issuers, source());
            case CSV -> new CsvFeed(issuers);
            case INDEX -> new IndexFeed(issuers);
            case CERTIFICATES -> throw new IllegalArgumentException("a corpus has none");
        };
    }

    /// Reads a file as a load does; what it says goes nowhere.
    ///
    /// @return the number of changes
    /// @throws IllegalStateException if not all records were accepted
    int read(FeedKind kind, CorpusFile file, int records) throws FeedRejectedException {
        ChangeSource source = new ChangeSource(kind.word(), "bench", ByteString.of(), now());
        CountingSink sink = new CountingSink();
        feed(kind)
                .read(
                        new FeedFile(
                                file(file), source, Optional.of(fed()), ProgressListener.SILENT),
                        sink);
        // A revoked record of a list is two changes: assigned, and revoked.
        if (sink.accepted < records) {
            throw new IllegalStateException(sink.accepted + " changes of " + records + " records");
        }
        return sink.accepted;
    }

    private static final class CountingSink implements FeedSink {
        private int accepted;

        @Override
        public void accept(SourceLocation place, StatusChange change) {
            accepted++;
        }

        @Override
        public void refuse(SourceLocation place, String why) {
            throw new IllegalStateException(place + ": " + why);
        }

        @Override
        public void warn(SourceLocation place, String what) {
            // Not relevant here.
        }

        @Override
        public Optional<LatestCrl> crlHead(CrlScope scope) {
            return Optional.empty();
        }

        @Override
        public void putCrlHead(CrlScope scope, LatestCrl head) {
            // Discarded.
        }
    }

    /// Loads a file as `precert-ocsp load` does.
    ///
    /// @throws IllegalStateException if a record was rejected: the figure would mean nothing
    LoadSummary load(StatusStore store, FeedKind kind, CorpusFile file) throws IOException {
        LoadJob job =
                new LoadJob(
                        kind,
                        feed(kind),
                        file(file),
                        file.fileName(),
                        Optional.of(fed()),
                        ProgressListener.SILENT);
        LoadSummary summary = summary(store, job);
        if (!summary.clean() || summary.added() + summary.changed() == 0) {
            throw new IllegalStateException("not all of it was taken: " + summary);
        }
        return summary;
    }

    private static LoadSummary summary(StatusStore store, LoadJob job) throws IOException {
        try {
            return new FeedLoader(store, InstantSource.system()).load(job);
        } catch (UnreadableFileException e) {
            throw new IOException(e);
        }
    }

    /// The store of the whole population, loaded from the CSV once per run.
    RocksStore store() throws IOException {
        return open(loaded());
    }

    /// As [#store], in a copy for one use.
    RocksStore storeCopy() throws IOException {
        Path copy = scratch.empty("store copy");
        try (Stream<Path> files = Files.list(loaded())) {
            for (Path file : files.toList()) {
                Files.copy(file, copy.resolve(file.getFileName()));
            }
        }
        return open(copy);
    }

    private Path loaded() throws IOException {
        return scratch.once(
                "store of " + corpus.directory().getFileName(),
                folder -> {
                    try (RocksStore store = open(folder)) {
                        load(store, FeedKind.CSV, CorpusFile.CSV);
                    }
                });
    }

    /// What the layers of answers share in a server with that store and key.
    AnswerContext answers(
            RocksStore statuses,
            ResponderCredential signing,
            PresignMode presign,
            MonotonicClock clock) {
        ServedIssuer served =
                new ServedIssuer(
                        issuer.key(),
                        IssuerProfile.TLS,
                        Duration.ofDays(4),
                        new BouncyCastleSigner(signing),
                        presign);
        AnswerConfig config =
                new AnswerConfig(
                        AnswerConfig.Nonces.IGNORE,
                        AnswerConfig.Unassigned.UNAUTHORIZED,
                        ANSWER_LIMIT,
                        CACHE_BYTES);
        return new AnswerContext(
                new IssuerDirectory(List.of(served)), statuses, statuses.epochs(), config, clock);
    }

    RocksStore emptyStore() throws IOException {
        return open(scratch.empty("store"));
    }

    private static RocksStore open(Path directory) throws IOException {
        try {
            return RocksStore.open(new StoreConfig(directory, CACHE_BYTES));
        } catch (StoreLockedException e) {
            throw new IOException(e);
        }
    }

    /// The delegate's credential, whose key is computed by that provider.
    ResponderCredential credential(KeyConfig.ProviderChoice provider) {
        KeyConfig key =
                new KeyConfig(
                        new KeySource.Pem(corpus.delegateKey(), Optional.empty()),
                        KeyConfig.RsaPadding.PKCS1,
                        KeyConfig.RsaHash.SHA256,
                        provider);
        CredentialLoadResult load =
                new CredentialLoader(
                                new CredentialSource(
                                        key, Optional.of(corpus.delegate()), Duration.ZERO),
                                List.of(issuer),
                                IssuerProfile.PRIVATE,
                                PrivateKeys::open,
                                InstantSource.system())
                        .load();
        return switch (load) {
            case CredentialLoadResult.Ready ready -> ready.credential();
            case CredentialLoadResult.Refused refused ->
                    throw new IllegalStateException("rejected: " + refused.findings());
        };
    }
}
