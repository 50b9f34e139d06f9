package org.precertocsp.loadtest.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.precertocsp.loadtest.corpus.Corpus;
import org.precertocsp.loadtest.corpus.CorpusFile;
import org.precertocsp.loadtest.corpus.CorpusPlan;
import org.precertocsp.loadtest.corpus.CorpusProgress;
import org.precertocsp.loadtest.corpus.KeyKind;
import org.precertocsp.loadtest.corpus.SyntheticSerials;
import org.precertocsp.ocsp.IssuerProfile;
import org.precertocsp.ocsp.Serial;
import org.precertocsp.responder.intake.FedIssuer;
import org.precertocsp.responder.intake.FeedJob;
import org.precertocsp.responder.intake.FeedKind;
import org.precertocsp.responder.intake.FeedLoader;
import org.precertocsp.responder.intake.LoadSummary;
import org.precertocsp.responder.intake.ReadProgress;
import org.precertocsp.responder.intake.StatusFeed;
import org.precertocsp.responder.intake.UnreadableFile;
import org.precertocsp.responder.intake.crl.CrlFeed;
import org.precertocsp.responder.intake.csv.CsvFeed;
import org.precertocsp.responder.rocksdb.RocksConfig;
import org.precertocsp.responder.rocksdb.RocksStores;
import org.precertocsp.responder.status.SerialKey;
import org.precertocsp.responder.status.StatusStore;
import org.precertocsp.responder.status.StoreLocked;
import org.precertocsp.signer.CertificateFile;
import org.precertocsp.signer.CertificateProblem;
import org.precertocsp.signer.CredentialLoad;
import org.precertocsp.signer.CredentialLoader;
import org.precertocsp.signer.CredentialSource;
import org.precertocsp.signer.IssuerCertificate;
import org.precertocsp.signer.ResponderCredential;
import org.precertocsp.signer.key.KeyConfig;
import org.precertocsp.signer.key.KeySource;
import org.precertocsp.signer.key.Keys;

/// A synthetic population as the responder meets it: its CA, its credential, its feeds, its store.
///
/// Serials and dates come from one seed, the same in every run; the present is today's midnight.
final class BenchCorpus {
    private static final long SEED = 6960;
    private static final long CACHE_BYTES = 256L << 20;

    private final Scratch scratch;
    private final Corpus corpus;
    private final IssuerCertificate issuer;

    private BenchCorpus(Scratch scratch, Corpus corpus) throws CertificateProblem {
        this.scratch = scratch;
        this.corpus = corpus;
        this.issuer = CertificateFile.readFirst(corpus.issuer());
    }

    /// @param revokedShare of the serials, 0 to 1
    static BenchCorpus of(long serials, double revokedShare, KeyKind keys, CorpusFile... files)
            throws IOException, CertificateProblem {
        Scratch scratch = Scratch.ofThisProcess();
        LocalDate today = LocalDate.ofInstant(now(), ZoneOffset.UTC);
        CorpusPlan plan = new CorpusPlan(serials, revokedShare, SEED, today, keys, Set.of(files));
        String name = "%s-%d-%s-%s".formatted(keys, serials, revokedShare, plan.files());
        Path directory =
                scratch.once(
                        name, folder -> Corpus.write(folder, plan, _ -> CorpusProgress.SILENT));
        return new BenchCorpus(scratch, new Corpus(directory, plan));
    }

    static Instant now() {
        return InstantSource.system().instant();
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

    FedIssuer fed() {
        return new FedIssuer("synthetic", List.of(issuer), IssuerProfile.TLS);
    }

    StatusFeed feed(FeedKind kind) {
        FedIssuer.Directory issuers = new FedIssuer.Directory(List.of(fed()));
        return kind == FeedKind.CRL
                ? new CrlFeed(issuers, InstantSource.system())
                : new CsvFeed(issuers);
    }

    /// Loads a file as `precert-ocsp load` does.
    ///
    /// @throws IllegalStateException if not every record was taken: the figure would mean nothing
    LoadSummary load(StatusStore store, FeedKind kind, CorpusFile file) throws IOException {
        FeedJob job =
                new FeedJob(
                        kind,
                        feed(kind),
                        file(file),
                        file.fileName(),
                        Optional.of(fed()),
                        ReadProgress.SILENT);
        LoadSummary summary = summary(store, job);
        if (!summary.clean() || summary.added() == 0) {
            throw new IllegalStateException("not all of it was taken: " + summary);
        }
        return summary;
    }

    private static LoadSummary summary(StatusStore store, FeedJob job) throws IOException {
        try {
            return new FeedLoader(store, InstantSource.system()).load(job);
        } catch (UnreadableFile e) {
            throw new IOException(e);
        }
    }

    /// The store of the whole population, loaded from the CSV once in a run.
    RocksStores store() throws IOException {
        Path directory =
                scratch.once(
                        "store of " + corpus.directory().getFileName(),
                        folder -> {
                            try (RocksStores store = open(folder)) {
                                load(store, FeedKind.CSV, CorpusFile.CSV);
                            }
                        });
        return open(directory);
    }

    RocksStores emptyStore() throws IOException {
        return open(scratch.empty("store"));
    }

    private static RocksStores open(Path directory) throws IOException {
        try {
            return RocksStores.open(new RocksConfig(directory, CACHE_BYTES));
        } catch (StoreLocked e) {
            throw new IOException(e);
        }
    }

    /// The delegate's credential, its key computed by that provider.
    ResponderCredential credential(KeyConfig.ProviderChoice provider) {
        KeyConfig key =
                new KeyConfig(
                        new KeySource.Pem(corpus.delegateKey(), Optional.empty()),
                        KeyConfig.RsaPadding.PKCS1,
                        KeyConfig.RsaHash.SHA256,
                        provider);
        CredentialLoad load =
                new CredentialLoader(
                                new CredentialSource(
                                        key, Optional.of(corpus.delegate()), Duration.ZERO),
                                List.of(issuer),
                                IssuerProfile.PRIVATE,
                                Keys::open,
                                InstantSource.system())
                        .load();
        return switch (load) {
            case CredentialLoad.Ready ready -> ready.credential();
            case CredentialLoad.Refused refused ->
                    throw new IllegalStateException("refused: " + refused.findings());
        };
    }
}
